import assert from "node:assert/strict";
import { join } from "node:path";
import { tmux } from "../../../server/tmux/command.ts";
import { Watched } from "../../support/watched.ts";

Deno.test("agents are found when server and session come, and again when they come back", async () => {
  await using watched = new Watched();
  const screens = await watched.start();
  assert.equal(screens.health().state, "waiting");
  assert.match(screens.health().detail ?? "", /^No tmux server is running: /);
  await watched.tmux("new-session", "-d", "-s", "other", "--", "sleep", "infinity");
  await watched.until(
    "a server",
    () => /no tmux session "codexctl"/.test(screens.health().detail ?? ""),
  );
  await watched.session("fast");
  await watched.untilFound("fast");
  assert.deepEqual(screens.health(), {
    source: "screens",
    state: "live",
    detail: null,
    lag_bytes: null,
    bad_lines: 0,
    last_ts: screens.health().last_ts,
  });
  const [mapped] = watched.of("agent_mapped");
  assert.deepEqual([mapped?.agent, mapped?.window_name, mapped?.session], [
    "fast",
    "fast",
    "codexctl",
  ]);

  await watched.tmux("kill-session", "-t", "=codexctl");
  await watched.until("missing", () => watched.claims("fast").at(-1) === "screen missing");
  await watched.session("fast");
  await watched.until("the second pane", () => watched.of("agent_mapped").length === 2);

  await watched.killServer();
  await watched.until("missing again", () => watched.claims("fast").length === 2);
  assert.match(screens.health().detail ?? "", /^(No tmux server|There is no tmux session)/);
  await watched.session("fast");
  await watched.until("the third pane", () => watched.of("agent_mapped").length === 3);
});

Deno.test("a server is noticed in tmux's own folder, even if that does not exist yet", async () => {
  await using watched = new Watched();
  const socket_path = join(watched.world.dir, `tmux-${Deno.uid()}`, "default");
  const screens = await watched.start({ socket_path });
  assert.equal(screens.health().state, "waiting");
  const words = ["-f", "/dev/null", "new-session", "-d", "-s", "codexctl", "-n", "fast"];
  await tmux(socket_path, [...words, "--", "sleep", "infinity"]);
  try {
    await watched.untilFound("fast");
  } finally {
    await tmux(socket_path, ["kill-server"]);
  }
  await watched.until("missing", () => watched.claims("fast").at(-1) === "screen missing");
});

Deno.test("a socket that a killed server left behind is passed over", async () => {
  await using watched = new Watched();
  await watched.session("fast");
  await watched.killServer("SIGKILL");
  await Deno.stat(watched.world.tmux_socket);
  const screens = await watched.start();
  assert.equal(screens.health().state, "waiting");
  await watched.session("fast");
  await watched.untilFound("fast");
});

Deno.test("agents follow windows that come, are renamed and go", async () => {
  await using watched = new Watched();
  await watched.session("home");
  await watched.start();
  assert.deepEqual(watched.events, []);
  const deep = await watched.window("deep");
  await watched.untilFound("deep");
  assert.equal(watched.of("agent_mapped", "deep")[0]?.pane_id, deep);

  await watched.tmux("rename-window", "-t", "codexctl:deep", "sec");
  await watched.untilFound("sec");
  assert.equal(watched.of("agent_mapped", "sec")[0]?.pane_id, deep);
  await watched.until("deep is gone", () => watched.claims("deep").at(-1) === "screen missing");

  await watched.tmux("kill-window", "-t", "codexctl:sec");
  await watched.until("sec is gone", () => watched.claims("sec").at(-1) === "screen missing");
  assert.deepEqual(watched.screens?.screens(), []);
  const again = await watched.window("sec");
  await watched.until("sec again", () => watched.of("agent_mapped", "sec").length === 2);
  assert.equal(watched.of("agent_mapped", "sec")[1]?.pane_id, again);
});

Deno.test("agents follow codexctl's options, which have no notification", async () => {
  await using watched = new Watched();
  const pane = await watched.session("agents");
  await watched.start();
  await watched.tmux("set-option", "-g", "@codexctl_agents", "alpha,b.c");
  await watched.tmux("set-option", "-g", "@codexctl_pane_alpha", pane);
  await watched.untilFound("alpha");
  const other = (await watched.tmux(
    ...["split-window", "-d", "-P", "-F", "#{pane_id}", "-t", pane, "--", "sleep", "infinity"],
  )).trim();
  await watched.tmux("set-option", "-t", "=codexctl:", "@codexctl_pane_b.c", other);
  await watched.untilFound("b.c");
  await watched.tmux("set-option", "-g", "@codexctl_pane_alpha", other);
  await watched.tmux("set-option", "-t", "=codexctl:", "@codexctl_pane_b.c", pane);
  await watched.until(
    "the exchange",
    () =>
      watched.of("agent_mapped", "alpha").at(-1)?.pane_id === other &&
      watched.of("agent_mapped", "b.c").at(-1)?.pane_id === pane,
  );
});

Deno.test("an agent by title keeps its pane when Codex overwrites the title", async () => {
  await using watched = new Watched();
  const pane = await watched.session("agents");
  await watched.start();
  await watched.tmux("select-pane", "-t", pane, "-T", "AGENT:@fast (codexctl)");
  await watched.untilFound("fast");
  const terminal = await watched.terminal(pane);
  await terminal.write(new TextEncoder().encode("\x1b]0;⠹ task | repo\x07"));
  await watched.until("working", () => watched.claims("fast").includes("title working"));
  await watched.window("else");
  await watched.window("deep");
  await watched.untilFound("deep");
  terminal.close();
  assert.equal(watched.of("agent_mapped", "fast").length, 1);
  assert.equal(watched.claims("fast").includes("screen missing"), false);
});

Deno.test("a dead pane is missing until it is started again", async () => {
  await using watched = new Watched();
  const pane = await watched.session("fast", "sh", "-c", "echo first; read line; exit 3");
  await watched.tmux("set-option", "-g", "remain-on-exit", "on");
  await watched.start();
  await watched.until("first", () => watched.lines("fast").includes("first"));
  await watched.tmux("send-keys", "-t", pane, "Enter");
  await watched.until("its end", () => watched.claims("fast").at(-1) === "screen missing");
  assert.equal(watched.of("agent_state", "fast").at(-1)?.status_detail, "Its program has ended");
  // The first bytes after a respawn may be lost on tmux's own screen.
  const again = "echo; echo; echo first; echo second; exec sleep infinity";
  await watched.tmux("respawn-pane", "-t", pane, "--", "sh", "-c", again);
  await watched.until("second", () => watched.lines("fast").includes("second"));
  assert.deepEqual(watched.lines("fast").filter((line) => line !== ""), [
    ...["first", "first", "second"],
  ]);
  assert.equal(watched.claims("fast").at(-1), "screen unknown");
  assert.equal(watched.of("agent_mapped", "fast").length, 1);
});

Deno.test("a session that is renamed away is gone, one that gets the name is ours", async () => {
  await using watched = new Watched();
  await watched.session("fast");
  await watched.tmux("new-session", "-d", "-s", "spare", "-n", "deep", "--", "sleep", "infinity");
  await watched.tmux("set-option", "-g", "detach-on-destroy", "off");
  await watched.start();
  await watched.untilFound("fast");
  await watched.tmux("rename-session", "-t", "=codexctl", "old");
  await watched.until("fast is gone", () => watched.claims("fast").at(-1) === "screen missing");
  await watched.tmux("rename-session", "-t", "=spare", "codexctl");
  await watched.untilFound("deep");
  // With detach-on-destroy off, tmux takes the client to another session.
  await watched.tmux("kill-session", "-t", "=codexctl");
  await watched.until("deep is gone", () => watched.claims("deep").at(-1) === "screen missing");
  assert.equal(watched.screens?.health().state, "waiting");
});

Deno.test("a client that is thrown out comes back without calling anybody missing", async () => {
  await using watched = new Watched();
  const pane = await watched.session("fast", "cat");
  await watched.start();
  await watched.untilFound("fast");
  await watched.tmux("detach-client", "-a");
  await watched.tmux("detach-client", "-s", "=codexctl");
  await watched.tmux("send-keys", "-t", pane, "still there", "Enter");
  await watched.until("the line", () => watched.lines("fast").includes("still there"));
  assert.deepEqual(watched.claims("fast"), []);
  assert.equal(watched.of("agent_mapped", "fast").length, 1);
});

Deno.test("stopping leaves no client and tells nothing more", async () => {
  await using watched = new Watched();
  await watched.session("fast");
  await watched.start();
  await watched.untilFound("fast");
  const told = watched.events.length;
  await watched.stop();
  assert.equal(await watched.tmux("list-clients"), "");
  await watched.tmux("kill-session", "-t", "=codexctl");
  assert.equal(watched.events.length, told);
  // Neither does one that waits.
  const screens = await watched.start();
  assert.equal(screens.health().state, "waiting");
  await watched.stop();
  assert.equal(screens.health().state, "stopped");
});
