import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { assertNoSidewaysScroll, PHONE, TestBrowser, untilLive, WIDE } from "../support/browser.ts";
import { TestTower } from "../support/tower.ts";

/** Each would run, load or open something if it were ever taken for markup. */
const MARKUP = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
const BREAKOUT = "</script><script>document.title=1</script><!--\"'>";
const NAME = "<b onmouseover=alert(1)>mallory</b>";

async function assertOnlyText(page: Page): Promise<void> {
  const foreign = await page.locator("#app :is(img, script, iframe, b[onmouseover])").count();
  assert.equal(foreign, 0, `${page.url()} made elements of untrusted text`);
  assert.notEqual(await page.title(), "1");
}

Deno.test("untrusted text stays text everywhere, first rendered and live", async () => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  const write = (job_id: string) => {
    tower.addAgent(NAME, MARKUP);
    tower.send(NAME, job_id, `${job_id} ${MARKUP}${BREAKOUT}`);
    tower.setState(NAME, "approval", { status_detail: `${job_id} ${BREAKOUT}` });
    tower.print(`${job_id} ${MARKUP}`, { job_id, stream: "stderr" });
    tower.append({
      type: "pane_output",
      ts: tower.ts(),
      agent: NAME,
      job_id,
      text: `\x1b[31m${job_id} ${BREAKOUT}\x1b[0m`,
    });
  };
  write("<u>1</u>");
  await tower.untilJob("<u>1</u>");
  const paths = ["/", "/jobs", `/jobs/${encodeURIComponent("<u>1</u>")}`, "/agents"];
  const pages = await Promise.all(paths.map((path) => browser.open(tower.url, path)));
  for (const page of pages) {
    await assertOnlyText(page);
    await page.getByText("mallory").first().waitFor();
  }
  const [home, , job] = pages;
  await home!.locator(".timeline").getByText(`<u>1</u> ${MARKUP}`).waitFor();
  await job!.locator(".prompt").getByText(`<u>1</u> ${MARKUP}${BREAKOUT}`).waitFor();
  await job!.locator(".transcript .fg-red").getByText(`<u>1</u> ${BREAKOUT}`).waitFor();
  assert.match(await job!.title(), /^\(1\) <u>1<\/u> <img/);

  write("<u>2</u>");
  await home!.locator(".timeline").getByText(`<u>2</u> ${MARKUP}`).waitFor();
  await home!.locator(".needs").getByText(`<u>2</u> ${BREAKOUT}`).waitFor();
  for (const page of pages) await assertOnlyText(page);

  const missing = await browser.tab(tower.url);
  browser.expected = /status of 404/;
  await missing.goto(`/jobs/${encodeURIComponent(BREAKOUT)}`);
  await missing.getByText(`No job has the id ${BREAKOUT}`).waitFor();
  await assertOnlyText(missing);
  browser.assertClean();
});

Deno.test("32 agents, long names, emoji, right-to-left and endless lines fit any window", async () => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  const names = [
    "a-name-that-never-ends-".repeat(8),
    "🚀🛰️",
    "مساعد",
    "日本語エージェント",
    "constructor",
  ];
  const long = "y".repeat(9_000);
  for (let n = 0; n < 32; n++) {
    const name = n < 5 ? names[n]! : `${names[n % names.length]}${n}`;
    const job_id = `${"j".repeat(100)}${n}`;
    tower.addAgent(name, `%${n}`);
    tower.send(name, job_id, n % 2 ? long : "اكتب اختبارًا");
    tower.setState(name, (["approval", "error", "working", "missing"] as const)[n % 4]!, {
      status_detail: long,
    });
    tower.print(long, { job_id, stream: n % 2 ? "stderr" : "stdout" });
  }
  const last = `${"j".repeat(100)}31`;
  await tower.untilJob(last);
  const paths = ["/", "/jobs", `/jobs/${last}`, "/agents", "/doctor"];
  for (const viewport of [PHONE, WIDE, { width: 800, height: 600 }]) {
    const page = await browser.tab(tower.url, { viewport });
    for (const path of paths) {
      await page.goto(path);
      await untilLive(page);
      await assertNoSidewaysScroll(page);
    }
  }
  browser.assertClean();
});
