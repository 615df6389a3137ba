import assert from "node:assert/strict";
import { join } from "node:path";
import { findControlCharacter, pasteText, pressEnter } from "../../../server/tmux/keys.ts";
import { retryUntil } from "../../support/retry.ts";
import { TestWorld } from "../../support/temp.ts";

const PANE = "%0";

/** A pane whose program writes down every byte that it gets, with bracketed paste switched on. */
async function startRecorder(world: TestWorld): Promise<() => Promise<string>> {
  const file = join(world.dir, "typed");
  const script = `stty raw -echo; printf '\\033[?2004hready'; exec cat > '${file}'`;
  await world.tmux("new-session", "-d", "-s", "s", "-x", "80", "-y", "24", "sh", "-c", script);
  await retryUntil(
    "the recorder",
    async () => (await world.tmux("capture-pane", "-p", "-t", PANE)).includes("ready"),
  );
  let before = 0;
  // What came since the last call, once all of it has: the key F12 is its end.
  return async () => {
    await world.tmux("send-keys", "-t", PANE, "F12");
    const text = await retryUntil("the end of what was typed", () => {
      const all = Deno.readTextFileSync(file).slice(before);
      return all.endsWith("\x1b[24~") && all;
    });
    before += text.length;
    return text.slice(0, -"\x1b[24~".length);
  };
}

Deno.test("a text arrives as one bracketed paste, newlines as carriage returns", async () => {
  await using world = new TestWorld();
  const typed = await startRecorder(world);
  const text = "- dash\n\ttab “quotes” 'a' \"b\" `c` $(d) ; \\ #{pane_id}\r\n--wait 😀👩‍💻;";
  await pasteText(world.tmux_socket, { pane_id: PANE, text, in_mode: false });
  assert.equal(await typed(), `\x1b[200~${text.replace(/\r?\n/g, "\r")}\x1b[201~`);
  assert.equal(await pressEnter(world.tmux_socket, { pane_id: PANE, force: false }), true);
  assert.equal(await typed(), "\r");
  assert.equal(await world.tmux("list-buffers"), "", "no buffer is left behind");
});

Deno.test("somebody who scrolls is not disturbed, and the text is one paste all the same", async () => {
  await using world = new TestWorld();
  const typed = await startRecorder(world);
  await world.tmux("copy-mode", "-t", PANE);
  await pasteText(world.tmux_socket, { pane_id: PANE, text: "one\ntwo", in_mode: true });
  await pressEnter(world.tmux_socket, { pane_id: PANE, force: false });
  assert.equal(
    await world.tmux("display-message", "-p", "-t", PANE, "#{pane_mode}"),
    "copy-mode\n",
  );
  await world.tmux("send-keys", "-t", PANE, "-X", "cancel");
  assert.equal(await typed(), "\x1b[200~one\rtwo\x1b[201~\r");
});

Deno.test("Enter is held while the title says that a dialog waits, unless it is forced", async () => {
  await using world = new TestWorld();
  const typed = await startRecorder(world);
  for (const title of ["[ ! ] Action Required | a, }b | repo", "[ . ] Action Required"]) {
    await world.tmux("select-pane", "-t", PANE, "-T", title);
    assert.equal(await pressEnter(world.tmux_socket, { pane_id: PANE, force: false }), false);
  }
  assert.equal(await typed(), "");
  assert.equal(await world.tmux("list-buffers"), "");
  assert.equal(await pressEnter(world.tmux_socket, { pane_id: PANE, force: true }), true);
  assert.equal(await typed(), "\r");
  await world.tmux("select-pane", "-t", PANE, "-T", "⠹ Action Required | repo");
  assert.equal(await pressEnter(world.tmux_socket, { pane_id: PANE, force: false }), true);
  assert.equal(await typed(), "\r");
});

Deno.test("a text with keys in it, and a pane that is gone, get nothing", async () => {
  await using world = new TestWorld();
  const typed = await startRecorder(world);
  const socket = world.tmux_socket;
  await assert.rejects(
    pasteText(socket, { pane_id: PANE, text: "a\x1b[201~\ry", in_mode: false }),
    /U\+001B in line 1/,
  );
  await assert.rejects(pasteText(socket, { pane_id: "%9", text: "x", in_mode: false }), /%9/);
  await assert.rejects(pressEnter(socket, { pane_id: "%9", force: false }), /%9/);
  await assert.rejects(pressEnter(socket, { pane_id: "s", force: false }), RangeError);
  assert.equal(await typed(), "");
  assert.equal(await world.tmux("list-buffers"), "");
});

Deno.test("tab and line ends are no control characters, all others are", () => {
  assert.equal(findControlCharacter("a\tb\nc\r\nd é 😀"), undefined);
  assert.equal(findControlCharacter("a\n\x08"), "the control character U+0008 in line 2");
});
