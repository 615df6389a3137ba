import assert from "node:assert/strict";
import { TestBrowser } from "../support/browser.ts";
import { retryUntil } from "../support/retry.ts";
import { TestTower } from "../support/tower.ts";

Deno.test("everything can be reached by keys", async (t) => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  tower.addAgent("deep", "%1");
  tower.addAgent("fast", "%2");
  tower.send("fast", "job-1", "First prompt");
  await tower.untilJob("job-1");
  const page = await browser.open(tower.url, "/");
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");

  await t.step("g and a letter go to a page", async () => {
    for (const [key, path] of [["j", "/jobs"], ["a", "/agents"], ["h", "/doctor"], ["d", "/"]]) {
      // The letter counts for 1.5 s after g; on a busy machine the two may be further apart.
      await retryUntil(`page ${path}`, async () => {
        await page.keyboard.press("g");
        await page.keyboard.press(key!);
        return await page.waitForURL(`${tower.url}${path}`, { timeout: 5_000 }).then(() => true);
      });
      await page.locator(".help-button:enabled").waitFor();
    }
  });

  await t.step("? shows the keys, Escape closes them and gives the focus back", async () => {
    const dialog = page.getByRole("dialog", { name: "Keys" });
    await page.locator(".help-button").focus();
    await page.keyboard.press("?");
    await dialog.waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("j");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    assert.equal(new URL(page.url()).pathname, "/");
    assert.equal(await focused(), "?");
    await page.locator(".help-button").click();
    await dialog.waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.keyboard.press("?");
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  });

  await t.step("c writes a prompt, keys are text there, Escape leaves", async () => {
    await page.keyboard.press("c");
    await page.keyboard.type("g j?");
    assert.equal(await page.getByLabel("Prompt", { exact: true }).inputValue(), "g j?");
    assert.equal(new URL(page.url()).pathname, "/");
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), "BODY");
  });

  await t.step("j and k move between agents and jobs", async () => {
    await page.keyboard.press("j");
    assert.equal(await focused(), "deep");
    await page.keyboard.press("j");
    assert.equal(await focused(), "fast");
    await page.keyboard.press("j");
    assert.equal(await focused(), "First prompt");
    await page.keyboard.press("k");
    assert.equal(await focused(), "fast");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${tower.url}/jobs/job-1`);
  });

  await t.step("with Ctrl, Alt or Meta they stay the browser's: copying goes nowhere", async () => {
    await page.keyboard.press("Control+c");
    await page.keyboard.press("Alt+c");
    await page.keyboard.press("Meta+c");
    await page.evaluate(() => new Promise((done) => setTimeout(done, 200)));
    assert.equal(new URL(page.url()).pathname, "/jobs/job-1");
  });

  await t.step("the first Tab offers to skip to the content", async () => {
    await page.goto("/jobs");
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "Skip to content");
    const skip = page.getByRole("link", { name: "Skip to content" });
    assert.ok(((await skip.boundingBox())?.y ?? -1) >= 0, "the skip link cannot be seen");
    await page.keyboard.press("Enter");
    await page.locator("#main:focus").waitFor();
  });
  browser.assertClean();
});
