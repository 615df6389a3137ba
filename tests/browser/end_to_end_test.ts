/** The whole way: agents in tmux, a prompt from a shell, the server as a process, a real browser. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { TestBrowser, untilLive } from "../support/browser.ts";
import { runCommand, RunningCommand } from "../support/command.ts";
import { startDemoAgents } from "../support/demo.ts";
import { retryUntil } from "../support/retry.ts";
import { TestWorld } from "../support/temp.ts";

/** Starts `codexdash serve` and returns its address; a port is given when it has to be the same. */
async function serve(
  world: TestWorld,
  port = "0",
): Promise<{ url: string; server: RunningCommand }> {
  const server = new RunningCommand(world, ["serve", "--port", port]);
  await server.until("the server started", () => server.lines.length > 0);
  const [, url] = /^CodexDash is at (http:\/\/\S+?)\/?$/.exec(server.lines[0] ?? "") ?? [];
  assert.ok(url, server.stdout);
  return { url, server };
}

/** The controller's lines as the event file has them. */
function printed(world: TestWorld): string[] {
  return Deno.readTextFileSync(world.events).trimEnd().split("\n")
    .map((line) => JSON.parse(line) as { type: string; text: string })
    .filter(({ type }) => type === "controller_output").map(({ text }) => text.trim());
}

/** The timeline as the page shows it; a line's `err` is the page's own. */
async function timeline(page: Page): Promise<string[]> {
  const lines = await page.locator(".timeline .line code").allInnerTexts();
  return lines.map((line) => line.replace(/^err/, "").trim());
}

Deno.test("from a shell to the browser, through a kill of the server", async () => {
  await using world = new TestWorld();
  await using browser = await TestBrowser.launch();
  browser.expected = /WebSocket connection|ERR_CONNECTION|Failed to load resource/;
  const agents = await startDemoAgents(world, ["fast", "deep"]);
  const first = await serve(world);
  await using server = first.server;
  const page = await browser.open(first.url, "/");
  const card = page.locator(".agent-card", { has: page.getByRole("link", { name: "fast" }) });
  await card.locator(".status").getByText("Idle").waitFor();
  await card.locator(".screen").getByText("Ask Codex to do anything").waitFor();

  const sending = runCommand(world, ["send", "fast", "--wait", "60", "--", "mock:slow=20 say it"]);
  await card.locator(".status").getByText("Working").waitFor();
  await card.getByRole("link", { name: "mock:slow=20 say it" }).waitFor();
  await card.locator(".screen").getByText(/slow chunk 1 of 12/).waitFor();
  assert.equal((await sending).code, 0);
  await card.getByText(/^Done, /).waitFor();
  await card.locator(".status").getByText("Idle").waitFor();
  const row = page.getByRole("row").filter({ hasText: "mock:slow=20 say it" });
  await row.getByText("Done").first().waitFor();

  await runCommand(world, ["send", "deep", "--wait", "0", "--", "mock:escalate=touch x"]);
  await page.locator(".needs").getByText("Needs approval").waitFor();
  assert.equal(await page.title(), "(1) CodexDash");
  // The title says "blocked" up to a second before the dialog itself is drawn.
  await agents.see("deep", /Would you like/);

  server.kill("SIGKILL");
  await page.locator(".connection.c-offline").waitFor();
  // A dialog drops keys for a moment after it has come, so that none answers it by accident.
  await retryUntil("the approval", async () => {
    if (!/Would you like/.test(await agents.capture("deep"))) return true;
    await agents.press("deep", "y");
    await new Promise((done) => setTimeout(done, 1_000));
  }, 60_000);
  await agents.see("deep", /Worked for/);
  const down = await runCommand(world, ["send", "fast", "--wait", "60", "--", "while it was down"]);
  assert.equal(down.code, 0, down.stderr);
  const again = await serve(world, new URL(first.url).port);
  await using _server = again.server;
  await untilLive(page);
  await page.getByRole("row").filter({ hasText: "while it was down" }).getByText("Done").first()
    .waitFor();
  await page.locator(".needs").waitFor({ state: "detached" });
  assert.equal(await page.title(), "CodexDash");
  const last = printed(world).at(-1) ?? "";
  await page.locator(".timeline .line").last().getByText(last).waitFor();
  // A line may be the same as an earlier one.
  await retryUntil(
    "every line",
    async () => (await timeline(page)).length >= printed(world).length,
  );
  assert.deepEqual(await timeline(page), printed(world));

  await page.getByRole("link", { name: "while it was down" }).last().click();
  await page.locator(".job-title").getByText("Done").waitFor();
  await page.locator(".transcript").getByText("while it was down").first().waitFor();
  browser.assertClean();
});

Deno.test("what a pane shows stays text, with its colours, and its name too", async () => {
  await using world = new TestWorld();
  await using browser = await TestBrowser.launch();
  const file = `${world.dir}/pane`;
  const markup = "<img src=x onerror=alert(1)>";
  await Deno.writeTextFile(file, `\x1b[32m${markup}\x1b[0m\n\x1b]2;${markup}\x07</script><b>`);
  await world.tmux(
    ...["new-session", "-d", "-s", "codexctl", "-n", "fast", "-x", "100", "-y", "20"],
    ...["cat", file, "-"],
    ...[";", "set-option", "-g", "@codexctl_agents", "fast"],
  );
  const { url, server } = await serve(world);
  await using _server = server;
  for (const path of ["/", "/agents"]) {
    const page = await browser.open(url, path);
    const screen = page.locator(".screen");
    await screen.getByText("</script><b>").waitFor();
    assert.equal(await screen.locator(".fg-green").innerText(), markup);
    assert.equal(await page.locator("#app :is(img, script)").count(), 0);
    await page.reload();
    await untilLive(page);
    assert.equal(await screen.locator(".fg-green").innerText(), markup);
  }
  browser.assertClean();
});
