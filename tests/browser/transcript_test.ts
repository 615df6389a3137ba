import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { TestBrowser } from "../support/browser.ts";
import { retryUntil } from "../support/retry.ts";
import { SessionFile } from "../support/session_file.ts";
import { showcase } from "../support/showcase.ts";
import { TestTower } from "../support/tower.ts";

/** Everything that stands in the transcript, as one line. */
async function shown(page: Page): Promise<string> {
  const text = await page.locator(".session").innerText();
  return text.replace(/\s+/g, " ");
}

/** What the transcript's items say, one line each. */
async function items(page: Page): Promise<string[]> {
  return (await page.locator(".session .item-body").allInnerTexts()).map((text) =>
    text.replace(/\s+/g, " ").trim()
  );
}

function seen(page: Page, text: string | RegExp): Promise<void> {
  return page.locator(".session").getByText(text).first().waitFor();
}

Deno.test("a job's page shows what Codex's session file says of it", async (t) => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  tower.addAgent("fast", "%1");
  tower.send("fast", "job-1", "Find why parcels get lost between restarts, and mend it");
  await tower.untilJob("job-1");
  using work = showcase(tower);
  await tower.untilItem(work.root.thread_id, "I am on it.");
  await tower.untilItem(work.child.thread_id, "rg -n");
  const page = await browser.open(tower.url, "/jobs/job-1");
  await seen(page, "The parcels were lost because");

  await t.step("messages, a plan, a command, files, a compaction, its end", async () => {
    const all = await shown(page);
    assert.match(all, /Prompt [\d:]+ Find why parcels get lost between restarts, and mend it/);
    assert.match(all, /Marker job-1/);
    assert.match(all, /done: Find the writer .*in progress: Mend it .*to do: Write a test/);
    assert.match(
      all,
      /deno test -A tests\/store_test\.ts Exit code 1 5\.7 s in \/home\/demo\/parcel/,
    );
    assert.match(all, /Changed \/home\/demo\/parcel\/src\/store\.ts \+3 −2/);
    assert.match(all, /The context was compacted/);
    assert.match(all, /Turn done after 4 s/);
    assert.doesNotMatch(all, /And the changelog/, "the next turn is another's");
    await page.locator(".session .markdown strong", { hasText: "after" }).waitFor();
    const guide = page.locator(".session a", { hasText: "the guide" });
    assert.equal(await guide.getAttribute("rel"), "noopener noreferrer nofollow");
    assert.equal(await page.locator(".d-add", { hasText: "file.sync" }).count(), 1);
    assert.equal(await page.locator(".d-remove", { hasText: "file.close" }).count(), 1);
  });

  await t.step("a background command that ended after the turn is labelled", async () => {
    const late = page.locator(".item", { hasText: "Built in 3.9 s" });
    assert.match(await late.innerText(), /Background command, ended 4\.0 s after the turn/);
    const order = await page.locator(".session :is(.item, .turn-end)").allInnerTexts();
    assert.match(order.at(-2) ?? "", /Turn done/);
    assert.match(order.at(-1) ?? "", /Built in 3\.9 s/);
  });

  await t.step("long output is folded; its colours are the terminal's", async () => {
    const output = page.locator(".item", { hasText: "tests/store_test.ts" }).first();
    assert.doesNotMatch(await output.innerText(), /store_20 /);
    await output.getByRole("button", { name: "Show 28 more lines" }).press("Enter");
    await output.locator(".fg-red", { hasText: "FAILED" }).waitFor();
    assert.match(await output.innerText(), /store_20 /);
    await output.getByRole("button", { name: "Show less" }).click();
    assert.doesNotMatch(await output.innerText(), /store_20 /);
  });

  await t.step("Enter opens a reasoning summary, Esc closes it", async () => {
    const reasoning = page.locator(".reasoning");
    const summary = reasoning.locator("summary");
    assert.equal(await reasoning.getByText("Then a test.").count(), 0);
    await summary.focus();
    await page.keyboard.press("Enter");
    await reasoning.getByText("Then a test.").waitFor();
    await page.keyboard.press("Escape");
    await reasoning.getByText("Then a test.").waitFor({ state: "hidden" });
    assert.equal(await summary.evaluate((el) => el === document.activeElement), true);
  });

  await t.step("a sub-agent's own transcript opens inside of its parent's", async () => {
    const nested = page.locator(".sub-agent");
    assert.match(await nested.locator("summary").innerText(), /reader\s+Done\s+gpt-6-luna\s+1,285/);
    assert.equal(await nested.getByText("comes before").count(), 0);
    await nested.locator("summary").press("Enter");
    await nested.getByText("comes before").waitFor();
    await nested.getByText("rg -n").waitFor();
    const link = nested.getByRole("link", { name: "Open this thread" });
    assert.equal(await link.getAttribute("href"), `/threads/${work.child.thread_id}`);
  });

  await t.step("the turn's facts stand beside it", async () => {
    const side = (await page.locator(".job-side").innerText()).replace(/\s+/g, " ");
    assert.match(side, /Turn Thread …00000001 Status Done Started by user Model gpt-6\.1-sol/);
    assert.match(side, /Effort medium Sandbox workspace-write Approval on-request/);
    assert.match(side, /Tokens 1,285 exact/);
    await page.locator(".job-side .threads").getByRole("link", { name: "reader" }).waitFor();
  });
  browser.assertClean();
});

Deno.test("a transcript grows while it is looked at, also a sub-agent's inside", async (t) => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  tower.addAgent("fast", "%1");
  tower.send("fast", "job-1", "Count");
  await tower.untilJob("job-1");
  const page = await browser.open(tower.url, "/jobs/job-1");

  await t.step("before there is one the page shows what was printed, and says so", async () => {
    await page.getByText("No session file of Codex is known for this job").waitFor();
  });

  using file = new SessionFile(tower.world, { n: 1 });
  await t.step("and changes to the transcript when there is one", async () => {
    file.startTurn();
    file.user("[JOB:job-1] Count");
    file.assistant("one");
    await seen(page, "one");
    await seen(page, "Working");
    assert.equal(await page.getByText("No session file of Codex is known").count(), 0);
  });

  await t.step("a sub-agent appears and goes on inside of its parent's", async () => {
    using child = new SessionFile(tower.world, { n: 2, parent: file, nickname: "counter" });
    file.subAgent(child, "started");
    child.startTurn();
    child.assistant("child one");
    const nested = page.locator(".sub-agent");
    await nested.locator("summary", { hasText: "Running" }).press("Enter");
    await nested.getByText("child one").waitFor();
    child.assistant("child two");
    await nested.getByText("child two").waitFor();
    child.endTurn();
    await nested.locator("summary", { hasText: "Done" }).waitFor();
  });

  await t.step("what someone opened and where they are stays while more comes", async () => {
    const link = page.locator(".sub-agent-link a");
    await link.focus();
    file.assistant("two");
    await seen(page, /^two$/);
    assert.equal(await link.evaluate((el) => el === document.activeElement), true);
    await page.locator(".sub-agent").getByText("child two").waitFor();
  });

  await t.step("at the end the page stays there; elsewhere it says how much is new", async () => {
    file.together(() => {
      for (let n = 0; n < 60; n++) file.assistant(`line ${n}`);
    });
    await seen(page, "line 59");
    await page.evaluate(() => scrollTo(0, 0));
    await retryUntil("the end to be out of sight", async () => {
      file.assistant("unseen");
      await seen(page, "unseen");
      return await page.locator(".newest-items").count() > 0;
    });
    const top = await page.evaluate(() => scrollY);
    assert.equal(top, 0, "the page moved under someone who reads");
    await page.locator(".newest-items button").click();
    await page.locator(".newest-items").waitFor({ state: "detached" });
    file.assistant("the last");
    await seen(page, "the last");
    await retryUntil(
      "the end in sight",
      () =>
        page.locator(".transcript-end").evaluate((el) =>
          el.getBoundingClientRect().top <= innerHeight
        ),
    );
  });

  await t.step("an error has Codex's message and code", async () => {
    file.endTurn({
      message: "unexpected status 429",
      codex_error_info: { response_too_many_failed_attempts: { http_status_code: 429 } },
    });
    await seen(page, "unexpected status 429");
    await seen(page, "response_too_many_failed_attempts 429");
  });
  browser.assertClean();
});

Deno.test("two jobs of one turn both show it and name each other", async () => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  tower.addAgent("fast", "%1");
  for (const id of ["job-1", "job-2"]) tower.send("fast", id, `Prompt of ${id}`);
  await tower.untilJob("job-2");
  using file = new SessionFile(tower.world, { n: 1 });
  file.startTurn();
  file.user("[JOB:job-1] first");
  file.user("[JOB:job-2] second");
  file.assistant("both");
  file.usage();
  await tower.untilItem(file.thread_id, "both");
  for (const [own, other] of [["job-1", "job-2"], ["job-2", "job-1"]] as const) {
    const page = await browser.open(tower.url, `/jobs/${own}`);
    await seen(page, "both");
    assert.deepEqual(await items(page), [
      "first Marker job-1",
      "second Marker job-2",
      "both",
    ]);
    const shared = page.locator(".job-side a", { hasText: `job ${other}` });
    assert.equal(await shared.getAttribute("href"), `/jobs/${other}`);
  }
  browser.assertClean();
});

Deno.test("of 5,000 items the newest are shown at once, and earlier ones when asked for", async () => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  using file = new SessionFile(tower.world, { n: 1 });
  file.together(() => {
    file.startTurn();
    file.user("[JOB:job-1] Count");
    for (let n = 1; n < 5_000; n++) file.assistant(`item ${n}`);
  });
  await tower.untilItem(file.thread_id, "item 4999");
  const page = await browser.open(tower.url, "/jobs/job-1");
  await seen(page, "item 4999");
  assert.equal(await page.locator(".item").count(), 100);
  const earlier = page.getByRole("button", { name: "Show earlier" });
  const first = page.locator(".item", { hasText: /item 4900$/ });
  await earlier.scrollIntoViewIfNeeded();
  const before = (await first.boundingBox())?.y ?? 0;
  await earlier.press("Enter");
  await retryUntil("400 more", async () => await page.locator(".item").count() === 500);
  await retryUntil(
    "the place to be kept",
    async () => Math.abs(((await first.boundingBox())?.y ?? 0) - before) < 4,
  );
  while (await earlier.count() > 0) {
    const count = await page.locator(".item").count();
    await earlier.press("Enter");
    await retryUntil("more items", async () => await page.locator(".item").count() > count);
  }
  const all = await page.locator(".item").allTextContents();
  assert.equal(all.length, 5_000);
  assert.match(all[0] ?? "", /Count/);
  all.slice(1).forEach((text, index) => assert.ok(text.endsWith(`item ${index + 1}`), text));
  file.assistant("one more");
  await seen(page, "one more");
  assert.equal(await page.locator(".item").count(), 5_000, "the page would grow for ever");
  await earlier.waitFor();
  browser.assertClean();
});

Deno.test("a transcript that cannot be loaded says so, and one that was catches up", async () => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  browser.expected = /Failed to load resource|WebSocket connection|ERR_CONNECTION|ERR_FAILED/;
  using file = new SessionFile(tower.world, { n: 1 });
  file.startTurn();
  file.user("[JOB:job-1] Count");
  file.assistant(`one ${"long ".repeat(10_000)}end of one`);
  await tower.untilItem(file.thread_id, "end of one");
  const page = await browser.tab(tower.url);
  await page.route(/\/transcript\?/, (route) => route.abort());
  await page.goto("/jobs/job-1");
  await page.getByText("The transcript could not be loaded.").waitFor();
  await page.unroute(/\/transcript\?/);
  await page.getByRole("button", { name: "Try again" }).click();
  await seen(page, /characters left out/);
  await page.getByRole("button", { name: "Show all of it" }).click();
  await retryUntil("all of it", async () => /(long ){10000}end of one/.test(await shown(page)));

  await tower.stop();
  await page.locator(".connection.c-offline").waitFor();
  file.assistant("while it was away");
  await tower.restart();
  await seen(page, "while it was away");
  assert.equal(await page.getByText("while it was away").count(), 1);
  browser.assertClean();
});
