import assert from "node:assert/strict";
import { PHONE, TestBrowser, WIDE } from "../support/browser.ts";
import { LiveRollout, withLimits } from "../support/live_rollout.ts";
import { retryUntil } from "../support/retry.ts";
import { TestTower } from "../support/tower.ts";
import { violations } from "../support/violations.ts";

Deno.test("nothing keeps people out, on any page, in either theme", async (t) => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  const empty = await TestTower.start();
  await using _empty = empty;
  const states = ["idle", "working", "approval", "input", "auth", "error", "missing", "unknown"];
  for (const [n, status] of (states as Parameters<typeof tower.setState>[1][]).entries()) {
    tower.addAgent(status, `%${n}`);
    tower.send(status, `job-${n}`, `Prompt for ${status}`);
    tower.setState(status, "working");
    if (status !== "working") tower.setState(status, status, { status_detail: "Why it is so" });
  }
  tower.setState("working", "idle", { status_source: "hook" });
  for (let n = 0; n < 60; n++) tower.print(`line ${n}`, { stream: n % 3 ? "stdout" : "stderr" });
  tower.print("\x1b[31mred \x1b[33myellow \x1b[7minverse \x1b[0;42mgreen\x1b[0m", {
    job_id: "job-0",
  });
  await tower.untilJob("job-7");
  const marker = "c0000000-0000-4000-8000-000000000001";
  tower.send("idle", marker, "Prompt with a session file");
  await tower.untilJob(marker);
  // One limit that was reset, one that is used up.
  const limits = withLimits({ used: 90, resets_ts: Date.now() - 60_000 }, 100);
  new LiveRollout(tower, "rollout-compacted", limits).writeTo(91);
  await retryUntil("the limits", async () => {
    return (await (await fetch(`${tower.url}/api/limits`)).json()).length === 2;
  }, 60_000);

  for (const colorScheme of ["dark", "light"] as const) {
    for (const viewport of [WIDE, PHONE]) {
      const options = { colorScheme, viewport };
      const name = `${colorScheme}, ${viewport.width} px`;
      for (
        const path of ["/", "/jobs", "/jobs?status=cancelled", "/jobs/job-0", "/agents", "/doctor"]
      ) {
        await t.step(`${path} ${name}`, async () => {
          const page = await browser.open(tower.url, path, options);
          assert.deepEqual(await violations(page), []);
          await page.context().close();
        });
      }
      await t.step(`first run ${name}`, async () => {
        const page = await browser.open(empty.url, "/", options);
        assert.deepEqual(await violations(page), []);
        await page.keyboard.press("?");
        await page.getByRole("dialog").waitFor();
        assert.deepEqual(await violations(page), []);
      });
    }
  }
  browser.assertClean();
});
