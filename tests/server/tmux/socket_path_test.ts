import assert from "node:assert/strict";
import { tmuxSocketPath } from "../../../server/tmux/socket_path.ts";
import { tmux } from "../../../server/tmux/command.ts";
import { TestWorld } from "../../support/temp.ts";

Deno.test("the socket's path is where tmux looks for it", () => {
  const plain = { socket: "", tmux: "", tmux_tmpdir: "" };
  const uid = Deno.uid();
  assert.equal(tmuxSocketPath(plain), `/tmp/tmux-${uid}/default`);
  assert.equal(tmuxSocketPath({ ...plain, tmux_tmpdir: "/run/x" }), `/run/x/tmux-${uid}/default`);
  assert.equal(tmuxSocketPath({ ...plain, socket: "mine" }), `/tmp/tmux-${uid}/mine`);
  assert.equal(tmuxSocketPath({ ...plain, socket: "/a/b" }), "/a/b");
  // Inside tmux the default is the server that one is in; -L names another one all the same.
  const inside = { ...plain, tmux: "/run/y/tmux-1/other,123,0" };
  assert.equal(tmuxSocketPath(inside), "/run/y/tmux-1/other");
  assert.equal(tmuxSocketPath({ ...inside, socket: "mine" }), `/tmp/tmux-${uid}/mine`);
});

Deno.test("a running server says the same", async () => {
  await using world = new TestWorld();
  await world.tmux("new-session", "-d", "-s", "s", "--", "sleep", "infinity");
  const { stdout } = await tmux(world.tmux_socket, ["display-message", "-p", "#{socket_path}"]);
  const place = { socket: world.tmux_socket, tmux: "", tmux_tmpdir: "" };
  assert.equal(stdout.trim(), tmuxSocketPath(place));
});
