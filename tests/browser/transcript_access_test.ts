import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { assertNoSidewaysScroll, PHONE, TestBrowser, WIDE } from "../support/browser.ts";
import { SessionFile } from "../support/session_file.ts";
import { showcase } from "../support/showcase.ts";
import { TestTower } from "../support/tower.ts";
import { violations } from "../support/violations.ts";

/** Opens everything that can be opened, what that brings to light too. */
async function openAll(page: Page): Promise<void> {
  for (;;) {
    const closed = page.locator("main details:not([open]) > summary:visible");
    if (await closed.count() === 0) break;
    await closed.first().click();
  }
  const folds = page.getByRole("button", { name: /^Show (\d+ more lines|all of it)$/ });
  while (await folds.count() > 0) await folds.first().click();
}

Deno.test("transcripts and threads keep nobody out, in either theme and size, all opened", async (t) => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  tower.addAgent("fast", "%1");
  tower.send("fast", "job-1", "Find why parcels get lost between restarts, and mend it");
  await tower.untilJob("job-1");
  using work = showcase(tower);
  await tower.untilItem(work.root.thread_id, "I am on it.");
  await tower.untilItem(work.child.thread_id, "rg -n");
  await tower.untilItem(work.failed.thread_id, "nightly");
  const paths = [
    "/jobs/job-1",
    "/threads",
    `/threads/${work.root.thread_id}`,
    `/threads/${work.failed.thread_id}`,
  ];
  for (const colorScheme of ["dark", "light"] as const) {
    for (const viewport of [WIDE, PHONE]) {
      for (const path of paths) {
        await t.step(`${path} ${colorScheme}, ${viewport.width} px`, async () => {
          const page = await browser.open(tower.url, path, { colorScheme, viewport });
          if (path !== "/threads") await page.locator(".session .item").first().waitFor();
          await openAll(page);
          assert.deepEqual(await violations(page), []);
          await assertNoSidewaysScroll(page);
          await page.context().close();
        });
      }
    }
  }
  browser.assertClean();
});

/** Each would run, load or open something if it were ever taken for markup. */
const MARKUP = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
const BREAKOUT = "</script><script>document.title=1</script><!--\"'>";
const LONG = "y".repeat(3_000);

Deno.test("what a session file says stays text and fits any window", async () => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  using file = new SessionFile(tower.world, { n: 1, cwd: `/tmp/${MARKUP}/${LONG}` });
  const nickname = `${MARKUP}${LONG}`;
  file.startTurn(`${MARKUP}${LONG}`);
  file.user(`[JOB:job-1] ${MARKUP} ${BREAKOUT} ${LONG}`);
  file.reasoning(`${MARKUP}\n\n${LONG}`);
  using child = new SessionFile(tower.world, { n: 2, parent: file, nickname });
  file.subAgent(child, "started");
  child.startTurn();
  child.assistant(`child ${MARKUP} ${LONG}`);
  child.endTurn({ message: `${MARKUP}${LONG}`, codex_error_info: `${MARKUP}${LONG}` });
  file.item({ type: "Plan", text: `- [x] ${MARKUP}\n- [ ] ${LONG}` });
  file.command(`echo '${MARKUP}' ${LONG}`, `\x1b[31m${MARKUP}\x1b[0m\x1b]0;x\x07${LONG}\nاكتب\n`);
  file.changes({
    [`/tmp/${MARKUP}${LONG}`]: { type: "add", content: `${MARKUP}\n${LONG}\n` },
    "/tmp/b": { type: MARKUP, unified_diff: `@@ ${MARKUP} @@\n+${LONG}\n-${BREAKOUT}\n` },
  });
  file.item({ type: `${MARKUP}${LONG}` });
  file.assistant([
    MARKUP,
    `# ${LONG}`,
    `| ${MARKUP} | b |\n|---|---|\n| ${LONG} | ${BREAKOUT} |`,
    `- ${MARKUP}\n  - ${LONG}`,
    `[${MARKUP}](javascript:document.title=1) ![x](https://evil.example/x.png) <https://a.example/${LONG}>`,
    `\`\`\`${MARKUP}\n${MARKUP}\n${LONG}\n\`\`\``,
    "مرحبا بالعالم",
    `the end of it`,
  ].join("\n\n"));
  file.endTurn({ message: `${MARKUP}${LONG}`, codex_error_info: MARKUP });
  await tower.untilItem(file.thread_id, "the end of it");
  await tower.untilItem(child.thread_id, "child");
  for (const viewport of [PHONE, WIDE]) {
    for (
      const path of [
        "/jobs/job-1",
        "/threads",
        ...[file, child].map((it) => `/threads/${it.thread_id}`),
      ]
    ) {
      const page = await browser.open(tower.url, path, { viewport });
      if (path !== "/threads") await page.locator(".session .item").first().waitFor();
      await openAll(page);
      await page.waitForLoadState("networkidle");
      const foreign = "#app :is(img, script, iframe, svg [onload], [onerror])";
      assert.equal(await page.locator(foreign).count(), 0, `${path} made elements of text`);
      assert.equal(await page.locator('#app a[href^="javascript"]').count(), 0);
      assert.notEqual(await page.title(), "1");
      await assertNoSidewaysScroll(page);
      if (path === "/jobs/job-1") {
        await page.locator(".markdown", { hasText: "the end of it" }).getByText(MARKUP).first()
          .waitFor();
        await page.locator(".command-output .fg-red", { hasText: MARKUP }).waitFor();
      }
      await page.context().close();
    }
  }
  browser.assertClean();
});
