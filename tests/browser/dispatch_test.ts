import assert from "node:assert/strict";
import { TestBrowser } from "../support/browser.ts";
import { retryUntil } from "../support/retry.ts";
import { TestTower } from "../support/tower.ts";

Deno.test("a prompt is sent from the page", async (t) => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  tower.addAgent("fast", "%1");
  tower.addAgent("deep", "%2");
  tower.send("fast", "job-1", "First prompt");
  await tower.untilJob("job-1");
  const page = await browser.open(tower.url, "/");
  const composer = page.locator(".composer");
  const field = page.getByLabel("Prompt", { exact: true });
  const sent: unknown[] = [];
  let answer: { status: number; body: unknown } | "nothing" = {
    status: 200,
    body: { ok: true, pid: null, job_id: "job-2" },
  };
  await page.route("**/api/dispatch", async (route) => {
    sent.push(route.request().postDataJSON());
    if (answer === "nothing") return await route.abort("connectionreset");
    await route.fulfill({ status: answer.status, json: answer.body });
  });

  await t.step("not without a target, and not without a prompt", async () => {
    await composer.getByRole("button", { name: "Send" }).click();
    await composer.getByText("Pick an agent first").waitFor();
    await composer.getByText("fast", { exact: true }).click();
    await composer.getByRole("button", { name: "Send to fast" }).click();
    await composer.getByText("Write a prompt first").waitFor();
    assert.deepEqual(sent, []);
  });

  await t.step("by its button, and then the field is empty", async () => {
    await field.fill("-n @fast\n\ttabs stay");
    await composer.getByRole("button", { name: "Send to fast" }).click();
    const link = composer.getByRole("link", { name: "Open the job" });
    assert.equal(await link.getAttribute("href"), "/jobs/job-2");
    assert.deepEqual(sent.splice(0), [{ targets: ["fast"], prompt: "-n @fast\n\ttabs stay" }]);
    assert.equal(await field.inputValue(), "");
  });

  await t.step("by Ctrl Enter, to every agent", async () => {
    await composer.getByRole("button", { name: "All" }).click();
    await field.fill("everyone");
    await field.press("Control+Enter");
    await composer.getByText("Sent to deep, fast.").waitFor();
    const link = composer.getByRole("link", { name: "See the jobs" });
    assert.equal(await link.getAttribute("href"), "/jobs");
    assert.deepEqual(sent.splice(0), [{ targets: ["deep", "fast"], prompt: "everyone" }]);
  });

  await t.step("what the server refuses stays in the field, with the reason", async () => {
    answer = {
      status: 409,
      body: { code: "refused", message: 'Cannot send to "fast": it waits for an approval' },
    };
    browser.expected = /status of 409|ERR_CONNECTION_RESET/;
    await field.fill("keep me");
    await field.press("Control+Enter");
    await composer.getByText('Cannot send to "fast": it waits for an approval').waitFor();
    assert.equal(await field.inputValue(), "keep me");
  });

  await t.step("no answer is not called a failure", async () => {
    answer = "nothing";
    await field.press("Control+Enter");
    await composer.getByText("The prompt may have been sent").waitFor();
    assert.equal(await field.inputValue(), "keep me");
  });

  await t.step("a draft outlives a reload", async () => {
    await page.reload();
    // The browser's store is asked once the page is drawn.
    await retryUntil("the draft", async () => await field.inputValue() === "keep me");
  });

  await t.step("a card's button picks its agent", async () => {
    await page.getByRole("button", { name: "Write a prompt for deep" }).click();
    await page.locator("#prompt:focus").waitFor();
    await composer.getByRole("button", { name: "Send to deep" }).waitFor();
  });

  await t.step("an agent that waits is named before anything is sent", async () => {
    tower.setState("deep", "approval");
    await composer.getByText("deep: needs approval").waitFor();
  });
  browser.assertClean();
});

Deno.test("the real server says why it cannot send", async () => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  browser.expected = /status of (404|409|422|503)/;
  tower.addAgent("ghost", "%99");
  tower.send("ghost", "job-1", "First prompt");
  await tower.untilJob("job-1");
  const page = await browser.open(tower.url, "/");
  await page.getByLabel("Prompt", { exact: true }).fill("anybody there?");
  await page.getByRole("button", { name: "Send to ghost" }).click();
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.innerText(), /^Cannot /);
  assert.equal(await page.getByLabel("Prompt", { exact: true }).inputValue(), "anybody there?");
  browser.assertClean();
});
