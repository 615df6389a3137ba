import assert from "node:assert/strict";
import { jobEvents, TestApp } from "../support/app.ts";
import { assertNoSidewaysScroll, PHONE, TestBrowser } from "../support/browser.ts";

Deno.test("a job's page offers the job as a file, in every format", async () => {
  await using test = new TestApp();
  test.commit(...jobEvents("j1"));
  await using browser = await TestBrowser.launch();
  const page = await browser.open(test.serve(), "/jobs/j1", { viewport: PHONE });
  const links = page.getByRole("list", { name: "Export" }).getByRole("link");
  assert.deepEqual(await links.allTextContents(), ["Markdown", "JSON", "Text"]);
  await assertNoSidewaysScroll(page);
  for (const [word, ending] of [["Markdown", "md"], ["JSON", "json"], ["Text", "txt"]] as const) {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      links.filter({ hasText: word }).click(),
    ]);
    assert.equal(download.suggestedFilename(), `codexdash-job-j1.${ending}`);
    assert.match(await Deno.readTextFile((await download.path())!), /say hello/);
  }
  browser.assertClean();
});
