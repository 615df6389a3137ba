import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { PHONE, TestBrowser, untilLive } from "../support/browser.ts";
import { retryUntil } from "../support/retry.ts";
import { TestTower } from "../support/tower.ts";

/** Text of the whole page as a person reads it. */
async function text(page: Page): Promise<string> {
  return (await page.locator("body").innerText()).replace(/\s+/g, " ");
}

Deno.test("every page has its data before any script runs", async (t) => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  tower.addAgent("fast", "%1");
  tower.addAgent("deep", "%2");
  tower.send("fast", "job-1", "Explain the retry loop");
  tower.print("Sending to @fast", { job_id: "job-1" });
  tower.setState("fast", "working");
  tower.append({
    type: "pane_output",
    ts: tower.ts(),
    agent: "fast",
    job_id: "job-1",
    text: "I read it.\ntotal tokens: 1,234",
  });
  tower.setState("fast", "idle", { outcome: "done" });
  tower.setState("deep", "approval", { status_detail: "Run rm -rf build?" });
  tower.send("deep", "job-2", "Clean the build folder");
  await tower.untilJob("job-2");
  await retryUntil("the estimate of job-1", async () => {
    const { job } = await (await fetch(`${tower.url}/api/jobs/job-1`)).json();
    return job.total_tokens_est === 1234;
  }, 60_000);
  const page = await browser.open(tower.url, "/", { javaScriptEnabled: false });

  await t.step("the tower", async () => {
    const shown = await text(page);
    assert.match(shown, /1 agent waits for you/);
    assert.match(shown, /Needs approval deep Run rm -rf build\?/);
    assert.match(shown, /fast Idle from the pane title/);
    assert.match(shown, /Explain the retry loop/);
    assert.match(shown, /Sending to @fast/);
    assert.match(shown, /Done (Explain the retry loop )?fast ≈ 1\.2k est\./);
    assert.match(shown, /1 Done today/);
    assert.equal(await page.title(), "(1) CodexDash");
    const icon = page.locator("link[rel=icon]");
    assert.equal(await icon.getAttribute("href"), "/static/favicon-waiting.svg");
  });

  await t.step("jobs, by the filters in the address", async () => {
    await page.goto("/jobs");
    assert.match(await text(page), /Clean the build folder.*Explain the retry loop/);
    await page.goto("/jobs?status=done&agent=fast&limit=1");
    const shown = await text(page);
    assert.match(shown, /Explain the retry loop/);
    assert.doesNotMatch(shown, /Clean the build folder/);
    await page.goto("/jobs?status=done&agent=deep");
    assert.match(await text(page), /No job matches these filters/);
  });

  await t.step("one job", async () => {
    await page.goto("/jobs/job-1");
    const shown = await text(page);
    assert.match(shown, /fast Done .*from the pane title/);
    assert.match(shown, /Prompt Explain the retry loop/);
    assert.match(shown, /Total ≈ 1,234 estimated Input — not known Output — not known/);
    assert.match(shown, /Estimated: its output says so/);
    assert.match(shown, /Queued [\d:]+ Typed .* Submitted .* Turn started .* Done/);
    assert.match(shown, /controller Sending to @fast .* pane I read it\./);
    assert.equal(await page.title(), "(1) Explain the retry loop · CodexDash");
  });

  await t.step("agents", async () => {
    await page.goto("/agents");
    const shown = await text(page);
    assert.match(shown, /deep Needs approval .*Run rm -rf build\?/);
    assert.match(shown, /Session codexctl Window agents Pane %1 Model gpt-6\.1-sol/);
    assert.match(shown, /Newest output Explain the retry loop .* I read it\./);
  });

  await t.step("doctor", async () => {
    await page.goto("/doctor");
    assert.ok(await page.locator(".finding").count() > 0);
  });

  await t.step("what is not there", async () => {
    browser.expected = /status of 404/;
    const missing = await page.goto("/jobs/nobody");
    assert.equal(missing?.status(), 404);
    assert.match(await text(page), /Not found No job has the id nobody/);
    await page.goto("/no/such/page");
    assert.match(await text(page), /There is nothing at \/no\/such\/page/);
  });
  browser.assertClean();
});

Deno.test("an empty installation shows three steps and the demo", async () => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  for (const viewport of [undefined, PHONE]) {
    const page = await browser.open(tower.url, "/", viewport && { viewport });
    const shown = await text(page);
    for (const words of ["codexdash up", "codexdash send fast", "Watch here", "codexdash demo"]) {
      assert.ok(shown.includes(words), `"${words}" is not in: ${shown}`);
    }
    await page.goto("/jobs");
    assert.match(await text(page), /No jobs yet/);
    await page.goto("/agents");
    assert.match(await text(page), /No agents were found/);
  }
  browser.assertClean();
});

Deno.test("the download holds the prompt and everything printed, without control characters", async () => {
  await using tower = await TestTower.start();
  tower.addAgent("fast", "%1");
  tower.send("fast", "job/1 ü", "Say\nhello");
  tower.print("\x1b[31mred\x1b[0m line", { job_id: "job/1 ü" });
  tower.print("something failed", { job_id: "job/1 ü", stream: "stderr" });
  await tower.untilJob("job/1 ü");
  const id = encodeURIComponent("job/1 ü");
  const response = await fetch(`${tower.url}/jobs/${id}/transcript.txt`);
  const body = await response.text();
  assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
  assert.equal(
    response.headers.get("content-disposition"),
    'attachment; filename="codexdash-fast-job_1_.txt"',
  );
  assert.match(body, /^job: job\/1 ü\nagent: fast\n/);
  assert.match(body, /\nSay\nhello\n/);
  assert.match(body, /\nred line\n[^]*controller_output stderr[^]*\nsomething failed\n/);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(body, /[\x00-\x09\x0b-\x1f]/);
  const missing = await fetch(`${tower.url}/jobs/nobody/transcript.txt`);
  assert.equal(missing.status, 404);
  await missing.body?.cancel();
});

Deno.test("times are told in the reader's zone and by the server's clock", async () => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  const ts = Date.now() - 3 * 3_600_000;
  tower.append({ type: "controller_output", ts, text: "three hours ago", stream: "stdout" });
  tower.send("fast", "job-1", "First prompt");
  await tower.untilJob("job-1");
  const page = await browser.tab(tower.url, { timezoneId: "Pacific/Kiritimati" });
  // The reader's own clock is 40 minutes fast.
  await page.addInitScript(() => {
    const { now } = Date;
    Date.now = () => now() + 40 * 60_000;
  });
  await page.goto("/");
  await untilLive(page);
  const local = new Date(ts).toLocaleTimeString("en-GB", { timeZone: "Pacific/Kiritimati" });
  await page.locator(".timeline time").first().getByText(local, { exact: true }).waitFor();
  await page.locator(".jobs td.number time", { hasText: /^\d+ s ago$/ }).first().waitFor();
  browser.assertClean();
});
