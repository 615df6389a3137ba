import assert from "node:assert/strict";
import { dispatchEvent, type DispatchFacts } from "../../../server/dispatch/dispatch_event.ts";
import { checkPrompt, MAX_PROMPT_BYTES } from "../../../server/dispatch/prompt.ts";
import { CodexdashError } from "../../../server/error.ts";

function refused(given: string | Uint8Array<ArrayBuffer>): string {
  try {
    checkPrompt(given);
  } catch (error) {
    assert.ok(error instanceof CodexdashError && error.code === "invalid", String(error));
    return error.message;
  }
  throw new Error("the prompt was taken");
}

Deno.test("a prompt keeps everything but the newlines at its end", () => {
  const text = "  - tab\there\n\n\r\n“quotes” 😀👩‍💻 ü \\ $(x)";
  assert.equal(checkPrompt(text + "\n\r\n").text, text);
  const bytes = new TextEncoder().encode(text);
  assert.deepEqual(checkPrompt(bytes).bytes, bytes);
});

Deno.test("what a pane would take as a key is refused, and its place named", () => {
  assert.match(refused("one\ntwo \x1b[201~\rrm"), /U\+001B in line 2/);
  assert.match(refused("\x03"), /U\+0003/);
  assert.match(refused("a\0b"), /U\+0000/);
  assert.match(refused("a\x7fb"), /U\+007F/);
  assert.match(refused("a\x9bb"), /U\+009B/);
  assert.match(refused("half \ud83d of one"), /U\+D83D/);
});

Deno.test("an empty, a too long and an undecodable prompt are refused", () => {
  assert.match(refused(" \n\t\n"), /it is empty/);
  assert.match(refused("x".repeat(MAX_PROMPT_BYTES + 1)), /longer than 1048576 bytes/);
  assert.match(refused("ü".repeat(MAX_PROMPT_BYTES / 2 + 1)), /longer than/);
  assert.equal(checkPrompt("ü".repeat(MAX_PROMPT_BYTES / 2)).bytes.length, MAX_PROMPT_BYTES);
  assert.match(refused(Uint8Array.from([97, 255])), /not UTF-8/);
  assert.equal(checkPrompt(Uint8Array.from([97, 255]), { lossy: true }).text, "a\ufffd");
});

function event(text: string, more: Partial<DispatchFacts> & { max_line?: number } = {}) {
  const { max_line = 200_000, ...facts } = more;
  return dispatchEvent({
    dispatch_id: "d",
    session: "codexctl",
    targets: ["fast"],
    jobs: [{ job_id: "j", agent: "fast", pane_id: "%1" }],
    prompt: checkPrompt(text),
    driver: "builtin",
    ...facts,
  }, max_line);
}

Deno.test("the event holds a prompt of up to 10,000 characters, and of every one size and hash", async () => {
  const short = await event("ü".repeat(10_000));
  assert.equal(short.prompt_text, "ü".repeat(10_000));
  assert.equal(short.prompt_bytes, 20_000);
  const long = await event("x".repeat(10_001), { args: ["send", "fast", "x".repeat(10_001)] });
  assert.equal(long.prompt_text, null);
  assert.equal(long.prompt_bytes, 10_001);
  assert.deepEqual(long.args, ["send", "fast", "(10001 characters)"]);
  const hello = await event("hello");
  // echo -n hello | sha256sum
  assert.equal(
    hello.prompt_hash,
    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
  );
});

Deno.test("an event of one job names it at the top, of several none", async () => {
  const one = await event("x");
  assert.deepEqual([one.agent, one.pane_id, one.job_id], ["fast", "%1", "j"]);
  const two = await event("x", {
    jobs: [
      { job_id: "a", agent: "fast", pane_id: "%1" },
      { job_id: "b", agent: "deep", pane_id: "%2" },
    ],
  });
  assert.deepEqual([two.agent, two.pane_id, two.job_id], [null, null, null]);
});

Deno.test("what makes the line longer than the reader takes is left out", async () => {
  const args = Array.from({ length: 50 }, () => "a".repeat(100));
  const lessArgs = await event("x".repeat(500), { args, max_line: 2_000 });
  assert.deepEqual([lessArgs.args, lessArgs.prompt_text], [null, "x".repeat(500)]);
  const lessText = await event("x".repeat(5_000), { args, max_line: 2_000 });
  assert.deepEqual([lessText.args, lessText.prompt_text], [null, null]);
  assert.equal(lessText.prompt_bytes, 5_000);
});
