import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { assertNoSidewaysScroll, PHONE, TestBrowser } from "../support/browser.ts";
import { retryUntil } from "../support/retry.ts";
import { SessionFile } from "../support/session_file.ts";
import { showcase } from "../support/showcase.ts";
import { TestTower } from "../support/tower.ts";

/** The names of the listed threads, from the top. */
function names(page: Page): Promise<string[]> {
  return page.locator("main .thread-name").allInnerTexts();
}

Deno.test("threads are listed with whose they are, and their sub-agents below them", async (t) => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  const empty = await browser.open(tower.url, "/threads");
  await empty.getByText("No threads yet.").waitFor();
  tower.addAgent("fast", "%1");
  tower.send("fast", "job-1", "Find why parcels get lost between restarts, and mend it");
  await tower.untilJob("job-1");
  using work = showcase(tower);
  await tower.untilItem(work.root.thread_id, "I am on it.");
  await tower.untilItem(work.fork.thread_id, "The same with a queue");
  await tower.untilItem(work.child.thread_id, "rg -n");
  await tower.untilItem(work.failed.thread_id, "nightly");

  await t.step("an empty list fills by itself", async () => {
    await empty.getByRole("link", { name: "Find why parcels" }).waitFor();
  });

  const page = await browser.open(tower.url, "/threads");
  await t.step("newest first; a thread of no known pane says so, a fork of what", async () => {
    const rows = (await page.locator("main > .page > .card").innerText()).replace(/\s+/g, " ");
    assert.match(rows, /not mapped to a pane gpt-6\.1-sol, medium 1 turn 1,285 tokens/);
    assert.match(rows, /Running fast gpt-6\.1-sol, medium 2 turns 1,285 tokens/);
    assert.match(rows, /Fork of Find why parcels get lost between restarts, and mend it/);
    assert.match(rows, /1 sub-agent, 1,285 tokens of their own/);
    assert.match(rows, /nightly build fail\? Error not mapped to a pane/);
    assert.deepEqual(await names(page), [
      "The same with a queue in place of the file",
      "Find why parcels get lost between restarts, and mend it",
      "reader",
      "Why does the nightly build fail?",
    ]);
    await page.locator(".below").getByRole("link", { name: "reader" }).waitFor();
  });

  await t.step("filters: an agent's, and those of no known pane", async () => {
    await page.getByRole("link", { name: "Not mapped to a pane" }).click();
    await page.waitForURL(/mapped=false/);
    assert.deepEqual(await names(page), [
      "The same with a queue in place of the file",
      "Why does the nightly build fail?",
    ]);
    await page.goto("/threads?agent=fast");
    assert.deepEqual(
      (await names(page))[0],
      "Find why parcels get lost between restarts, and mend it",
    );
    await page.goto("/threads?agent=nobody");
    await page.getByText("No thread matches these filters.").waitFor();
  });

  await t.step("keys go through the rows, Enter opens one", async () => {
    await page.goto("/threads");
    await page.locator(".connection.c-live").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/threads/${work.root.thread_id}`);
  });

  await t.step("a thread's page: its turns, jobs, sub-agents and forks", async () => {
    await page.locator(".session").getByText("I am on it.").waitFor();
    const heads = (await page.locator(".turn-head").allInnerTexts()).map((text) =>
      text.replace(/\s+/g, " ")
    );
    assert.equal(heads.length, 2);
    assert.match(heads[0]!, /Done gpt-6\.1-sol, medium workspace-write, approval on-request/);
    assert.match(heads[0]!, /4 s 1,285 tokens 1,285 more by sub-agents job job-1/);
    assert.match(heads[1]!, /Running/);
    assert.equal(
      await page.locator(".turn-head").getByRole("link", { name: "job-1" }).getAttribute("href"),
      "/jobs/job-1",
    );
    const side = page.locator(".job-side");
    await side.getByRole("link", { name: "reader" }).waitFor();
    await side.getByRole("link", { name: "The same with a queue" }).waitFor();
    assert.match(await page.title(), /Find why parcels get lost/);
    work.root.assistant("The changelog is done.");
    await page.locator(".session").getByText("The changelog is done.").waitFor();
    work.root.endTurn();
    await page.locator(".job-title .status", { hasText: "Done" }).waitFor();
  });

  using silent = new SessionFile(tower.world, { n: 20 });
  silent.startTurn();
  silent.user("Nobody answers");
  await tower.untilItem(silent.thread_id, "Nobody answers");
  await t.step("a sub-agent names its parent, a fork its origin, an error its reason", async () => {
    await page.goto(`/threads/${work.child.thread_id}`);
    await page.locator(".origin-line").getByRole("link", { name: "Find why parcels" }).waitFor();
    await page.goto(`/threads/${work.fork.thread_id}`);
    await page.locator(".origin-line", { hasText: "Fork of" }).getByRole("link").waitFor();
    await page.getByText("not mapped to a pane, last activity").waitFor();
    await page.goto(`/threads/${work.failed.thread_id}`);
    await page.locator(".turn-error", { hasText: "You’ve hit your usage limit." }).waitFor();
    await page.goto(`/threads/${silent.thread_id}`);
    await page.locator(".job-side").getByText("not known").first().waitFor();
    assert.equal(await page.locator(".job-side .k-exact").count(), 0);
  });

  await t.step("an agent's card leads to its threads", async () => {
    await page.goto("/");
    await page.locator(".agent-card").getByRole("link", { name: "Threads of fast" }).click();
    await page.waitForURL(/\/threads\?agent=fast/);
  });

  await t.step("what is not there", async () => {
    browser.expected = /status of 404/;
    const answer = await page.goto("/threads/none");
    assert.equal(answer?.status(), 404);
    await page.getByText("No thread has the id none").waitFor();
  });
  browser.assertClean();
});

Deno.test("threads come in pages, with and without scripts", async () => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  const now = Date.now();
  const files = Array.from({ length: 55 }, (_, n) => {
    const file = new SessionFile(tower.world, { n: n + 1, ts: now - 60_000 * n });
    file.startTurn();
    file.user(`Thread number ${n}`);
    file.endTurn();
    file[Symbol.dispose]();
    return file;
  });
  await retryUntil("all threads", async () => {
    const rows = await (await fetch(`${tower.url}/api/threads?limit=100`)).json();
    return rows.length === 55 && rows.every((row: { preview: string | null }) => row.preview);
  }, 60_000);
  for (const javaScriptEnabled of [true, false]) {
    const page = await browser.open(tower.url, "/threads", { viewport: PHONE, javaScriptEnabled });
    assert.equal((await names(page)).length, 50);
    await page.getByRole("link", { name: "Earlier threads" }).click();
    await page.waitForURL(/before=/);
    assert.deepEqual(
      await names(page),
      Array.from({ length: 5 }, (_, n) => `Thread number ${n + 50}`),
    );
    await assertNoSidewaysScroll(page);
    await page.getByRole("link", { name: "Newest threads" }).click();
    await page.getByRole("link", { name: "Thread number 0" }).waitFor();
    await page.context().close();
  }
  assert.equal(files.length, 55);
  browser.assertClean();
});
