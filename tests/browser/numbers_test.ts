/** What pages show of limits, context and tokens: exact, as old as it is, and live. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { PHONE, TestBrowser, untilLive } from "../support/browser.ts";
import { LiveRollout, withLimits } from "../support/live_rollout.ts";
import { retryUntil } from "../support/retry.ts";
import { TestTower } from "../support/tower.ts";

const MINUTE = 60_000;

async function shows(page: Page, selector: string, pattern: RegExp): Promise<void> {
  let text = "";
  await retryUntil(`${selector} to show ${pattern}`, async () => {
    text = (await page.locator(selector).first().innerText()).replace(/\s+/g, " ");
    return pattern.test(text);
  }, 60_000).catch((error) => {
    throw new Error(`${error}; it shows ${text}`);
  });
}

Deno.test("context, tokens, limits and settings follow the session file without a reload", async () => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  const rollout = new LiveRollout(
    tower,
    "rollout-compacted",
    withLimits({ used: 12.5, resets_ts: Date.now() + 127.5 * MINUTE }, 85),
  );
  tower.addAgent("fast", "%1");
  tower.send("fast", "c0000000-0000-4000-8000-000000000001", "mock:plain first");
  await tower.untilJob("c0000000-0000-4000-8000-000000000001");
  const page = await browser.open(tower.url, "/");
  await untilLive(page);
  assert.equal(await page.locator(".limits").count(), 0);
  assert.equal(await page.locator(".figures").count(), 0);

  rollout.writeTo(17);
  await shows(page, ".figures", /^context <1 % turn 1,285 today 1,285$/);
  await shows(
    page,
    ".limits",
    /5 h limit 12\.5 % used resets in 2 h 0[5-7] m, stated (now|\d+ [sm] ago)/,
  );
  await shows(page, ".limits", /Weekly limit 85 % used/);
  assert.equal(await page.locator(".limit.s-warning").count(), 1);
  await shows(page, ".agent-card footer", /gpt-6\.1-sol workspace-write on-request/);

  rollout.writeTo(27);
  await shows(page, ".figures", /^context 58 % turn 150,900 today 152,185$/);
  const [whole, part] = await page.locator(".figures .bar").evaluate((bar) => [
    bar.getBoundingClientRect().width,
    bar.querySelector("rect")!.getBoundingClientRect().width,
  ]);
  assert.ok(Math.abs(part! / whole! - 0.584) < 0.02, `${part} of ${whole}`);
  // The compaction's estimate, and then an error after which nobody can say.
  rollout.writeTo(38);
  await shows(page, ".figures", /^context ≈ 6 % turn 1,285 today 153,470$/);
  rollout.writeTo(57);
  await shows(page, ".figures", /^context not known turn 0 /);

  await page.goto("/agents");
  await shows(page, ".agent-panel .mapping", /Sandbox workspace-write Approval on-request/);
  await shows(page, ".agent-panel .mapping", /Context — Tokens this turn 0 Tokens today 154,755/);
  await page.goto("/jobs/c0000000-0000-4000-8000-000000000001");
  await shows(page, ".fact-list", /Sandbox workspace-write Approval on-request/);
  browser.assertClean();
});

Deno.test("a limit that was reset is said to be, one that is used up too, also on a phone", async () => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  const old = new LiveRollout(
    tower,
    "rollout-compacted",
    withLimits({ used: 90, resets_ts: Date.now() - MINUTE }, 100),
  );
  tower.addAgent("fast", "%1");
  tower.send("fast", "c0000000-0000-4000-8000-000000000001", "mock:plain first");
  await tower.untilJob("c0000000-0000-4000-8000-000000000001");
  old.writeTo(17);
  const page = await browser.open(tower.url, "/", { viewport: PHONE });
  await untilLive(page);
  await shows(page, ".limits", /5 h limit was reset at [-\d: ]+, not stated since/);
  await shows(page, ".limits", /Weekly limit Used up resets in/);
  assert.doesNotMatch(await page.locator(".limits").innerText(), /90 %/);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= PHONE.width, `${width} px wide`);
  browser.assertClean();
});

Deno.test("compaction is named within a turn's and a thread's tokens, sub-agents beside them", async () => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  const spawning = "c0000000-0000-4000-8000-000000000006";
  tower.addAgent("fast", "%1");
  tower.send("fast", spawning, "mock:spawn please");
  await tower.untilJob(spawning);
  new LiveRollout(tower, "rollout-compacted").writeTo(91);
  new LiveRollout(tower, "rollout-subagent-child").writeTo(39);
  const page = await browser.open(tower.url, `/jobs/${spawning}`);
  await shows(page, ".job-side", /Tokens 4,805 exact, 1,285 more by sub-agents/);
  await shows(page, ".job-side", /Sub-agents, beside these 1,285 exact/);
  const { job } = await (await fetch(`${tower.url}/api/jobs/${spawning}`)).json();
  await page.goto(`/threads/${job.thread_id}`);
  await shows(page, "main", /Compaction, in total 1,285 exact/);
  await shows(page, "main", /1,285 tokens 1,285 of them compaction/);
  browser.assertClean();
});
