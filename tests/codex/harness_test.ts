/** The harness itself: the real Codex, alone in a pane, believes the local model. */
import assert from "node:assert/strict";
import { retryUntil } from "../support/retry.ts";
import { USAGE } from "./scenarios.ts";
import { CodexWorld } from "./world.ts";

Deno.test("nothing but loopback can be reached from here", () => {
  assert.deepEqual([...new Set(Deno.networkInterfaces().map(({ name }) => name))], ["lo"]);
});

Deno.test("Codex shows the model's answer and records its exact tokens", async () => {
  await using world = new CodexWorld();
  const pane = await world.startCodex("plain");
  await world.type(pane, "mock:plain say hello");
  await world.seeOnScreen(pane, /Hello from the mock model\. This is a plain answer\./);
  const record = await retryUntil(
    "a token record",
    () => world.rollout().find((line) => line.type === "token_usage_record"),
  );
  assert.deepEqual(record.payload["usage"], {
    input_tokens: USAGE.plain.input,
    cached_input_tokens: USAGE.plain.cached,
    cache_write_input_tokens: 0,
    output_tokens: USAGE.plain.output,
    reasoning_output_tokens: USAGE.plain.reasoning,
    total_tokens: USAGE.plain.input + USAGE.plain.output,
  });
  const limits = await retryUntil("a limit", () => {
    const counts = world.rollout().filter((line) => line.payload["type"] === "token_count");
    return counts.map((line) => line.payload["rate_limits"] as { primary?: object }).at(-1);
  });
  assert.partialDeepStrictEqual(limits.primary, { used_percent: 12.5, window_minutes: 300 });
});

Deno.test("Codex runs a command, applies a patch and updates a plan when the model asks", async () => {
  await using world = new CodexWorld();
  const pane = await world.startCodex("tools");
  await world.type(pane, "mock:exec=echo made-by-codex > made.txt");
  await world.seeOnScreen(pane, /Command finished, all good\./);
  assert.equal(await Deno.readTextFile(`${world.repo}/made.txt`), "made-by-codex\n");
  await world.type(pane, "mock:patch please");
  await world.seeOnScreen(pane, /Patch handled\./);
  assert.equal(await Deno.readTextFile(`${world.repo}/hello.txt`), "hello from the mock\n");
  await world.type(pane, "mock:plan please");
  await world.seeOnScreen(pane, /Plan updated\./);
});

Deno.test("Codex asks before a command that the model wants outside the sandbox", async () => {
  await using world = new CodexWorld();
  const pane = await world.startCodex("approval");
  await world.type(pane, `mock:escalate=touch ${world.repo}/asked.txt`);
  await world.seeOnScreen(pane, /Would you like to run the following command\?/);
  await assert.rejects(Deno.stat(`${world.repo}/asked.txt`), Deno.errors.NotFound);
  await world.answer(pane, /Would you like to run/, "y");
  await world.seeOnScreen(pane, /Escalated command handled\./);
  await Deno.stat(`${world.repo}/asked.txt`);
});

Deno.test("Codex starts a sub-agent that asks the model for itself", async () => {
  await using world = new CodexWorld();
  const pane = await world.startCodex("spawn");
  await world.type(pane, "mock:spawn please");
  await world.seeOnScreen(pane, /Sub-agent finished\./);
  const asked = world.model.requests.filter(({ agent }) => agent !== "/root");
  assert.deepEqual(asked.map(({ agent, scenario }) => `${agent} ${scenario}`), [
    "/root/child_one plain",
  ]);
});

Deno.test("Codex in plan mode asks the model's question", async () => {
  await using world = new CodexWorld();
  const pane = await world.startCodex("question");
  // A composer without a turn drops the key while Codex still starts up behind it.
  await world.type(pane, "mock:plain say hello");
  await world.seeOnScreen(pane, /Worked for/);
  await world.press(pane, "BTab");
  await world.seeOnScreen(pane, /Plan mode/);
  await world.type(pane, "mock:ask please");
  await world.answer(pane, /Question 1\/1/, "Enter");
  await world.seeOnScreen(pane, /Answer received\./);
});

Deno.test("Codex holds an answer until the test releases it", async () => {
  await using world = new CodexWorld();
  const pane = await world.startCodex("hold");
  await world.type(pane, "mock:hold=here please");
  await world.seeOnScreen(pane, /The first half\./);
  world.model.release("here");
  await world.seeOnScreen(pane, /The first half\. The second half\./);
});

Deno.test("Codex shows the model's failures", async () => {
  await using world = new CodexWorld();
  const pane = await world.startCodex("failures");
  for (
    const [prompt, pattern] of [
      ["mock:500 please", /high demand/],
      ["mock:429 please", /exceeded retry limit, last status: 429/],
      ["mock:401 please", /Incorrect API key provided/],
      ["mock:ctx please", /ran out of room in the model.s context window/],
      ["mock:drop please", /stream disconnected before completion/],
      ["mock:usagelimit please", /hit your usage limit/],
    ] as const
  ) {
    await world.type(pane, prompt);
    await world.seeOnScreen(pane, pattern);
  }
});
