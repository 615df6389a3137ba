/**
 * What goes wrong between the look and the turn. Codex and the agent that plays it cannot be made to do
 * these at the right moment, so a script draws the screens, and writes down what it gets.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../../../server/config.ts";
import { dispatch } from "../../../server/dispatch/dispatch.ts";
import { eventsOf } from "../../support/dash.ts";
import { retryUntil } from "../../support/retry.ts";
import { TestWorld } from "../../support/temp.ts";

function recording(name: string): string {
  return fileURLToPath(new URL(`../../testdata/codex/${name}.txt`, import.meta.url));
}

/** Runs `then` in the agent's pane as soon as the first byte arrives at an idle screen. */
async function startAgent(world: TestWorld, then: string): Promise<void> {
  const draft = join(world.dir, "draft.txt");
  const idle = await Deno.readTextFile(recording("pane-idle"));
  await Deno.writeTextFile(draft, idle.replace("Ask Codex to do anything", "[JOB:j] hello"));
  const script = `
    draw() { printf '\\033[2J\\033[H'; sed 's/$/\\r/' "$1"; }
    stty raw -echo
    draw '${recording("pane-idle")}'
    dd bs=1 count=1 of=/dev/null 2>/dev/null
    ${then.replaceAll("DRAFT", `'${draft}'`).replaceAll("IDLE", `'${recording("pane-idle")}'`)}
    exec cat > '${world.dir}/typed'`;
  await world.tmux(
    ...["new-session", "-d", "-s", "codexctl", "-n", "fast", "-x", "100", "-y", "30"],
    ...["sh", "-c", script],
  );
  await world.tmux("set-option", "-g", "@codexctl_agents", "fast");
  await retryUntil(
    "the idle screen",
    async () => (await world.tmux("capture-pane", "-p", "-t", "fast")).includes("f2 to view"),
    60_000,
  );
}

async function send(world: TestWorld) {
  const request = { targets: ["fast"], prompt: "hello", job_id: "j", wait: 0 };
  const config = loadConfig({}, world.env());
  const { done } = await dispatch(request, { config, origin: "cli" });
  const [end] = (await done).jobs;
  const receipts = eventsOf(world, "receipt").map(({ receipt, detail }) => [receipt, detail]);
  return { code: end?.exit_code, detail: end?.detail ?? "", receipts };
}

/** What the script got after the first byte. */
function typed(world: TestWorld): string {
  return Deno.readTextFileSync(join(world.dir, "typed"));
}

Deno.test("Enter is not pressed when a dialog comes up while the prompt is typed", async () => {
  await using world = new TestWorld();
  await startAgent(world, `draw '${recording("pane-approval")}'`);
  const { code, detail, receipts } = await send(world);
  assert.equal(code, 3);
  assert.match(detail, /a question came up while the prompt was typed, so Enter was not pressed/);
  assert.deepEqual(receipts, []);
  await world.tmux("send-keys", "-t", "fast", "F12");
  await retryUntil("what was typed", () => typed(world).endsWith("~"));
  assert.equal(typed(world), "JOB:j] hello\x1b[24~");
});

Deno.test("Enter is not pressed when only the title says that a dialog comes", async () => {
  await using world = new TestWorld();
  await startAgent(world, "draw DRAFT; printf '\\033]0;[ ! ] Action Required | repo\\007'");
  const { code, detail } = await send(world);
  assert.equal(code, 3);
  assert.match(detail, /a question came up/);
});

Deno.test("an Enter that became a newline is pressed once more", async () => {
  await using world = new TestWorld();
  await startAgent(world, "stty icrnl; draw DRAFT; read -r _; read -r _; draw IDLE");
  const { code, receipts } = await send(world);
  assert.equal(code, 0);
  assert.deepEqual(receipts, [["typed", null], ["submitted", "Enter was pressed twice"]]);
});

Deno.test("a prompt that stays in the composer is not said to be submitted", async () => {
  await using world = new TestWorld();
  await startAgent(world, "draw DRAFT");
  const { code, detail, receipts } = await send(world);
  assert.equal(code, 1);
  assert.match(detail, /Cannot confirm that "fast" got the prompt: .* still in its composer/);
  assert.deepEqual(receipts, [["typed", null]]);
  await retryUntil("what was typed", () => typed(world).length >= "JOB:j] hello\r\r".length);
  assert.equal(typed(world), "JOB:j] hello\r\r", "Enter twice and no more");
});

Deno.test("a prompt that never shows is not submitted", async () => {
  await using world = new TestWorld();
  await startAgent(world, "");
  const { code, detail, receipts } = await send(world);
  assert.equal(code, 1);
  assert.match(detail, /the prompt is not seen in its composer/);
  assert.deepEqual(receipts, []);
  await retryUntil("what was typed", () => typed(world).length >= "JOB:j] hello".length);
  assert.equal(typed(world), "JOB:j] hello");
});
