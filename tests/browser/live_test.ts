import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { TestBrowser, untilLive } from "../support/browser.ts";
import { retryUntil } from "../support/retry.ts";
import { TestTower } from "../support/tower.ts";

/** The lines of the controller timeline. */
function timeline(page: Page): Promise<string[]> {
  return page.locator(".timeline .line code").allInnerTexts();
}

/** Waits for an element with this text inside `within`. */
function shows(page: Page, within: string, text: string): Promise<void> {
  return page.locator(within).getByText(text).first().waitFor();
}

/** Timers of a tab stop firing at the test's word: then only an event can bring its page back. */
async function openHoldable(browser: TestBrowser, origin: string, path: string): Promise<Page> {
  const page = await browser.tab(origin);
  await page.addInitScript(() => {
    const start = setTimeout;
    const held = (work: () => void, ms = 0) => "held" in globalThis && ms > 0 ? 0 : start(work, ms);
    globalThis.setTimeout = held as typeof setTimeout;
  });
  await page.goto(path);
  await untilLive(page);
  return page;
}

async function hold(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(globalThis, { held: true }));
}

async function comeOnline(page: Page): Promise<void> {
  await page.evaluate(() => dispatchEvent(new Event("online")));
}

Deno.test("an open page changes as things happen", async (t) => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  tower.addAgent("fast", "%1");
  tower.send("fast", "job-1", "First prompt");
  await tower.untilJob("job-1");
  const page = await browser.open(tower.url, "/");
  const job = await browser.open(tower.url, "/jobs/job-1");
  const running = await browser.open(tower.url, "/jobs?status=running");

  await t.step("a card, the counts, the title and the icon", async () => {
    tower.setState("fast", "working");
    await shows(page, ".agent-card", "Working");
    await shows(page, ".count-item", "Running job");
    assert.equal(await page.title(), "CodexDash");
    tower.setState("fast", "approval", { status_detail: "Run make?" });
    await shows(page, ".needs", "Run make?");
    await shows(page, "h1", "1 agent waits for you");
    await retryUntil("the title", async () => (await page.title()) === "(1) CodexDash");
    assert.equal(
      await page.locator("link[rel=icon]").getAttribute("href"),
      "/static/favicon-waiting.svg",
    );
  });

  await t.step("a contradiction between two sources", async () => {
    tower.setState("fast", "working");
    tower.setState("fast", "idle", { status_source: "hook" });
    await shows(page, ".agent-card", "but a hook says idle");
  });

  await t.step("a job's page and a filtered list", async () => {
    tower.append({
      type: "pane_output",
      ts: tower.ts(),
      agent: "fast",
      job_id: "job-1",
      text: "the answer",
    });
    await shows(job, ".transcript", "the answer");
    await shows(running, ".jobs", "First prompt");
    tower.setState("fast", "idle", { outcome: "done" });
    await shows(job, ".job-title", "Done");
    await shows(running, ".nothing", "No job matches these filters.");
  });

  await t.step("focus stays where it is while rows come and change", async () => {
    const link = page.getByRole("link", { name: "First prompt" }).last();
    await link.focus();
    tower.send("fast", "job-2", "Second prompt");
    tower.setState("fast", "working");
    await shows(page, ".jobs", "Second prompt");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "First prompt");
  });

  await t.step("the timeline follows its end until someone scrolls up", async () => {
    for (let n = 0; n < 80; n++) tower.print(`line ${n}`);
    await shows(page, ".timeline", "line 79");
    const list = page.locator(".timeline .lines");
    const gap = () => list.evaluate((el) => el.scrollHeight - el.scrollTop - el.clientHeight);
    await retryUntil("the newest line in sight", async () => (await gap()) < 2);
    await list.evaluate((el) => el.scrollTo(0, 0));
    const newest = page.getByRole("button", { name: "Newest" });
    await newest.waitFor();
    tower.print("one more");
    await shows(page, ".timeline", "one more");
    assert.ok(await gap() > 100, "the timeline jumped while someone read it");
    await newest.click();
    await retryUntil("the newest line in sight", async () => (await gap()) < 2);
    await newest.waitFor({ state: "detached" });
  });
  browser.assertClean();
});

Deno.test("a page outlives its server and has every event once when it is back", async () => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  // The browser itself reports every connection that fails.
  browser.expected = /WebSocket connection|ERR_CONNECTION|Failed to load resource/;
  tower.addAgent("fast", "%1");
  tower.send("fast", "job-1", "First prompt");
  for (let n = 0; n < 5; n++) tower.print(`line ${n}`, { job_id: "job-1" });
  await tower.untilJob("job-1");
  const page = await browser.open(tower.url, "/");
  await shows(page, ".timeline", "line 4");

  await tower.stop();
  await page.locator(".connection.c-offline").waitFor();
  await shows(page, ".notice", "Not connected.");
  tower.setState("fast", "error", { status_detail: "It broke" });
  for (let n = 5; n < 9; n++) tower.print(`line ${n}`, { job_id: "job-1" });
  await tower.restart();

  await untilLive(page);
  await shows(page, ".needs", "It broke");
  await shows(page, ".timeline", "line 8");
  assert.equal(await page.locator(".notice").getByText("Not connected.").count(), 0);
  tower.print("line 9", { job_id: "job-1" });
  await shows(page, ".timeline", "line 9");
  assert.deepEqual(await timeline(page), Array.from({ length: 10 }, (_, n) => `line ${n}`));
  browser.assertClean();
});

Deno.test("a page that missed more than a snapshot holds asks for the rest", async () => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  browser.expected = /WebSocket connection|ERR_CONNECTION|Failed to load resource/;
  tower.addAgent("fast", "%1");
  tower.send("fast", "job-1", "First prompt");
  tower.setState("fast", "working");
  tower.print("line 0", { job_id: "job-1" });
  await tower.untilJob("job-1");
  const home = await openHoldable(browser, tower.url, "/");
  const job = await openHoldable(browser, tower.url, "/jobs/job-1");
  const jobs = await openHoldable(browser, tower.url, "/jobs");
  const pages = [home, job, jobs];
  for (const page of pages) await hold(page);

  await tower.stop();
  for (const page of pages) await page.locator(".connection.c-offline").waitFor();
  tower.setState("fast", "error", { status_detail: "It broke" });
  const lines = Array.from({ length: 300 }, (_, n) => `line ${n}`);
  for (const line of lines.slice(1)) tower.print(line, { job_id: "job-1" });
  for (let n = 0; n < 60; n++) {
    tower.send("deep", `more-${n}`, `More work ${n}`);
    tower.append({ type: "dispatch_done", ts: tower.ts(), job_id: `more-${n}`, exit_code: 1 });
  }
  await tower.restart();
  await tower.untilJob("more-59");
  // Nobody has come back by itself: what follows is told after the fact.
  for (const page of pages) assert.equal(await page.locator(".connection.c-offline").count(), 1);
  for (const page of pages) await comeOnline(page);

  for (const page of pages) await untilLive(page);
  await shows(home, ".timeline", "line 299");
  assert.deepEqual(await timeline(home), lines);
  await jobs.locator(".jobs tbody tr").nth(60).waitFor();
  await shows(job, ".job-title", "Error");
  await shows(job, ".transcript", "line 299");
  assert.deepEqual(await job.locator(".transcript .out-text").allInnerTexts(), lines);
  browser.assertClean();
});

Deno.test("a page of another protocol version reloads once, not for ever", async () => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  tower.addAgent("fast", "%1");
  const hello = JSON.stringify({ type: "hello", protocol_version: 999, server_version: "99.0.0" });
  for (const greeting of [hello, undefined]) {
    const page = await browser.tab(tower.url);
    let loads = 0;
    let sockets = 0;
    page.on("load", () => loads++);
    await page.routeWebSocket(/\/ws\/live/, (socket) => {
      sockets++;
      if (greeting) socket.send(greeting);
      socket.close({ code: 4001, reason: "Another protocol version: reload" });
    });
    await page.goto("/");
    await retryUntil("a reload and another attempt", () => loads === 2 && sockets >= 4, 60_000);
    await shows(page, ".notice", "Not connected.");
    if (greeting) await shows(page, ".notice", "The server now runs CodexDash 99.0.0.");
    assert.equal(loads, 2);
  }
  browser.assertClean();
});
