import assert from "node:assert/strict";
import type { WireEvent } from "../../server/wire.ts";
import { RunningCommand } from "../support/command.ts";
import { TestTower } from "../support/tower.ts";

function texts(tail: RunningCommand): unknown[] {
  return tail.lines.map((line) => (JSON.parse(line) as WireEvent)["text"]);
}

Deno.test("tail goes on after a restart of the server, with what happened in between", async () => {
  await using tower = await TestTower.start();
  tower.print("before tail");
  tower.send("fast", "j1", "a prompt");
  await tower.untilJob("j1");
  const args = ["tail", "--json", "--type", "controller_output"];
  await using tail = new RunningCommand(tower.world, args);
  let n = 0;
  await tail.until("tail listens", () => {
    if (tail.lines.length === 0) tower.print(`${++n}`);
    return tail.lines.length > 0;
  });
  const first = Number(texts(tail)[0]);

  await tower.stop();
  await tail.until("tail waits", () => tail.stderr.includes("no server runs"));
  tower.print("while it was down");
  await tower.restart();
  tower.print("after the restart");
  await tail.until("tail has caught up", () => texts(tail).at(-1) === "after the restart");

  const numbers = Array.from({ length: n - first + 1 }, (_, index) => `${first + index}`);
  assert.deepEqual(texts(tail), [...numbers, "while it was down", "after the restart"]);
  const seqs = tail.lines.map((line) => (JSON.parse(line) as WireEvent).seq);
  assert.deepEqual(seqs, [...new Set(seqs)].sort((a, b) => a - b));

  tail.kill("SIGINT");
  assert.equal(await tail.end(), 0);
});

Deno.test("tail starts without a server, from where it is told, for whom it is told", async () => {
  await using tower = await TestTower.start();
  tower.addAgent("fast", "%1");
  tower.send("fast", "j1", "say \x1b]0;evil\x07hello");
  tower.addAgent("deep", "%2");
  await tower.untilJob("j1");
  await tower.stop();
  const args = ["tail", "--since", "0", "--agent", "fast"];
  await using tail = new RunningCommand(tower.world, args);
  await tail.until("tail waits", () => tail.stderr.includes("no server runs, waiting for one"));
  await tower.restart();
  await tail.until("the last receipt", () => tail.stdout.includes("submitted"));
  const lines = tail.lines.map((line) => line.replace(/^\d\d:\d\d:\d\d /, "").trimEnd());
  assert.deepEqual(lines.map((line) => line.replace(/ +/g, " ")), [
    "fast agent_mapped %1",
    "fast agent_state idle",
    "fast dispatch say hello",
    "fast receipt typed",
    "fast receipt submitted",
  ]);
});

Deno.test("tail says of an estimate that it is one", async () => {
  await using tower = await TestTower.start();
  tower.addAgent("fast", "%1");
  tower.send("fast", "j1", "count yourself");
  tower.setState("fast", "working");
  tower.append({ type: "pane_output", ts: tower.ts(), agent: "fast", text: "tokens used: 1,234" });
  tower.setState("fast", "idle", { outcome: "done" });
  const args = ["tail", "--since", "0", "--type", "token_estimate"];
  await using tail = new RunningCommand(tower.world, args);
  await tail.until("the estimate", () => tail.lines.length > 0);
  assert.match(tail.lines[0] ?? "", /fast +token_estimate +≈ 1234 tokens est\.$/);
});

Deno.test("tail ends when nobody reads it any more", async () => {
  await using tower = await TestTower.start();
  tower.print("one");
  tower.print("two");
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const script = `"$0" run -A --no-check "${main}" tail --since 0 | head -n 1`;
  // Both lines may be read at once: what notices the closed pipe is the next line that is written.
  const more = setInterval(() => tower.print("more"), 100);
  const { code, stdout, stderr } = await new Deno.Command("/bin/bash", {
    args: ["-o", "pipefail", "-c", script, Deno.execPath()],
    env: tower.world.env(),
    clearEnv: true,
    stdin: "null",
    signal: AbortSignal.timeout(120_000),
  }).output().finally(() => clearInterval(more));
  assert.match(new TextDecoder().decode(stdout), /controller_output .*one\n$/);
  assert.equal(code, 0, new TextDecoder().decode(stderr));
});
