import assert from "node:assert/strict";
import { CodexdashError } from "../../../server/error.ts";
import { SEPARATOR } from "../../../server/tmux/command.ts";
import {
  agentNames,
  listAgents,
  mapAgents,
  type OptionRows,
  type Pane,
  parsePanes,
} from "../../../server/tmux/panes.ts";
import { recordingPath } from "../../support/recordings.ts";
import { TestWorld } from "../../support/temp.ts";

const NONE: OptionRows = { session: [], global: [] };

function options(global: string[], session: string[] = []): OptionRows {
  return { global, session };
}

let next_pane = 0;

function pane(more: Partial<Pane> = {}): Pane {
  return {
    pane_id: `%${next_pane++}`,
    window_name: "zsh",
    session: "codexctl",
    pane_dead: false,
    pane_title: "host",
    current_command: "zsh",
    width: 80,
    height: 24,
    pane_pid: 1,
    window_panes: 1,
    ...more,
  };
}

/** agent → pane id */
function mapped(...args: Parameters<typeof mapAgents>): Record<string, string> {
  return Object.fromEntries(
    [...mapAgents(...args)].map(([agent, { pane_id }]) => [agent, pane_id]),
  );
}

Deno.test("names come from the session's option, then the global one, else codexctl's four", () => {
  assert.deepEqual(agentNames(NONE), ["fast", "deep", "test", "sec"]);
  assert.deepEqual(agentNames(options(["@codexctl_agents a,b"])), ["a", "b"]);
  assert.deepEqual(agentNames(options(["@codexctl_agents a"], ["@codexctl_agents b"])), ["b"]);
  assert.deepEqual(agentNames(options([`@codexctl_agents " a b ,c,,c"`])), ["a b", "c"]);
  assert.deepEqual(agentNames(options(["@codexctl_agents ''"])), ["fast", "deep", "test", "sec"]);
});

Deno.test("the recorded options name the panes", () => {
  const rows = Deno.readTextFileSync(recordingPath("tmux-options.txt")).split("\n");
  const panes = ["%1", "%2", "%3"].map((pane_id) => pane({ pane_id }));
  assert.deepEqual(mapped(panes, options(rows)), { fast: "%1", deep: "%2" });
});

Deno.test("an option beats a window's name, that a title, that a command", () => {
  const by_option = pane();
  const by_window = pane({ window_name: "fast" });
  const by_title = pane({ pane_title: "AGENT:@fast" });
  const by_command = pane({ current_command: "fast" });
  const all = [by_command, by_title, by_window, by_option];
  const rows = options([`@codexctl_pane_fast "${by_option.pane_id}"`]);
  assert.equal(mapped(all, rows)["fast"], by_option.pane_id);
  assert.equal(mapped(all, NONE)["fast"], by_window.pane_id);
  assert.equal(mapped([by_command, by_title], NONE)["fast"], by_title.pane_id);
  assert.equal(mapped([by_command], NONE)["fast"], by_command.pane_id);
  assert.deepEqual(mapped([pane()], NONE), {});
});

Deno.test("an option that names no pane any more leaves it to the next rule", () => {
  const window = pane({ window_name: "fast" });
  for (const value of ['"%999"', "''", "nonsense", "%"]) {
    assert.equal(
      mapped([window], options([`@codexctl_pane_fast ${value}`]))["fast"],
      window.pane_id,
    );
  }
});

Deno.test("an option whose name only begins alike is another one", () => {
  const [one, two] = [pane(), pane()];
  const rows = options([
    "@codexctl_agents_old x",
    `@codexctl_pane_fast lane ${one.pane_id}`,
    `@codexctl_pane_fast ${two.pane_id}`,
  ]);
  assert.deepEqual(mapped([one, two], rows), { fast: two.pane_id });
});

Deno.test("the session's option beats the global one", () => {
  const [global, own] = [pane(), pane()];
  const rows = options(
    [`@codexctl_pane_fast ${global.pane_id}`],
    [`@codexctl_pane_fast ${own.pane_id}`],
  );
  assert.equal(mapped([global, own], rows)["fast"], own.pane_id);
});

Deno.test("no pane is two agents', the better rule has it", () => {
  const shared = pane({ window_name: "deep" });
  const rows = options([`@codexctl_pane_fast ${shared.pane_id}`]);
  assert.deepEqual(mapped([shared], rows), { fast: shared.pane_id });
  const twin = pane({ window_name: "deep" });
  assert.deepEqual(mapped([shared, twin], rows), { fast: shared.pane_id, deep: twin.pane_id });
});

Deno.test("a title that Codex has overwritten is remembered, a better rule is not", () => {
  const titled = pane({ pane_title: "⠹ task | repo" });
  const before = new Map([["fast", titled.pane_id]]);
  assert.equal(mapped([titled], NONE, before)["fast"], titled.pane_id);
  const window = pane({ window_name: "fast" });
  assert.equal(mapped([titled, window], NONE, before)["fast"], window.pane_id);
  assert.deepEqual(mapped([pane()], NONE, before), {});
});

Deno.test("titles name an agent as a whole word", () => {
  const titles = { "AGENT:@fast": true, "x AGENT:@fast more": true, "AGENT:@faster": false };
  for (const [pane_title, found] of Object.entries(titles)) {
    assert.equal("fast" in mapped([pane({ pane_title })], NONE), found, pane_title);
  }
});

Deno.test("of several windows with the name a living one is taken, then the first", () => {
  const [dead, first, second] = [
    pane({ window_name: "fast", pane_dead: true }),
    pane({ window_name: "fast" }),
    pane({ window_name: "fast" }),
  ];
  assert.equal(mapped([dead, first, second], NONE)["fast"], first.pane_id);
  assert.equal(mapped([dead], NONE)["fast"], dead.pane_id);
});

Deno.test("agents come in the order of their names, with the kind of place they have", () => {
  const panes = [
    pane({ window_name: "b" }),
    pane({ pane_title: "AGENT:@a", window_panes: 2 }),
  ];
  const agents = [...mapAgents(panes, options(["@codexctl_agents a,b"])).values()];
  assert.deepEqual(agents.map(({ agent, mode }) => [agent, mode]), [
    ["a", "panes"],
    ["b", "windows"],
  ]);
});

Deno.test("a row of another shape is no pane", () => {
  const row = ["%1", "0", "7", "80", "24", "1", "s", "w", "zsh", "title"];
  const [only, ...others] = parsePanes([
    row.join(SEPARATOR),
    row.slice(1).join(SEPARATOR),
    [...row, "%2"].join(SEPARATOR),
    "",
    "no server running",
  ]);
  assert.deepEqual([only?.pane_id, only?.pane_title, others], ["%1", "title", []]);
});

Deno.test("thirty-two agents of any name are found in a real session", async () => {
  await using world = new TestWorld();
  const odd = [
    "a.b",
    "x:y",
    "日本",
    "ü n",
    "it's",
    'q"q',
    "$HOME",
    "a",
    "a b",
    "#(x)",
    "%5",
    "se;mi",
  ];
  const names = [...odd, ...Array.from({ length: 32 - odd.length }, (_, index) => `n${index}`)];
  await world.tmux("new-session", "-d", "-s", "codexctl", "-n", "home", "--", "sleep", "infinity");
  const ids = new Map<string, string>();
  for (const name of names) {
    const words = ["new-window", "-d", "-P", "-F", "#{pane_id}", "-t", "codexctl:", "-n", "w"];
    const id = (await world.tmux(...words, "--", "sleep", "infinity")).trim();
    ids.set(name, id);
    // set-option expands formats in an option's name.
    await world.tmux("set-option", "-g", `@codexctl_pane_${name.replaceAll("#", "##")}`, id);
  }
  await world.tmux("set-option", "-t", "=codexctl:", "@codexctl_agents", names.join(","));
  // Another session's windows are none of ours.
  await world.tmux("new-session", "-d", "-s", "codexctl2", "-n", "fast", "--", "sleep", "infinity");
  const agents = await listAgents(world.tmux_socket, "codexctl");
  assert.deepEqual(agents.map(({ agent }) => agent), names);
  assert.deepEqual(new Map(agents.map(({ agent, pane_id }) => [agent, pane_id])), ids);
});

Deno.test("names and titles that look like fields or formats stay what they are", async () => {
  await using world = new TestWorld();
  await world.tmux("new-session", "-d", "-s", "codexctl", "-n", "fast", "--", "sleep", "infinity");
  const name = `x${SEPARATOR}%99${SEPARATOR}#{pane_pid}`;
  await world.tmux("rename-window", "-t", "codexctl:fast", name.replaceAll("#", "##"));
  await world.tmux(
    "select-pane",
    "-t",
    "codexctl:",
    "-T",
    // select-pane itself would run it; a program's own escape sequence would not.
    `AGENT:@fast ${SEPARATOR}0${SEPARATOR} ##(touch x)`,
  );
  const [agent, ...others] = await listAgents(world.tmux_socket, "codexctl");
  assert.deepEqual(others, []);
  assert.equal(agent?.agent, "fast");
  assert.equal(agent?.window_name, "x %99 #{pane_pid}");
  assert.equal(agent?.pane_id, "%0");
});

Deno.test("a session that does not exist is said with the remedy", async () => {
  await using world = new TestWorld();
  const message = /^Cannot find tmux session "codexctl": start the agents with codexdash up$/;
  const missing = (error: unknown) =>
    error instanceof CodexdashError && error.code === "not_found" && message.test(error.message);
  await assert.rejects(listAgents(world.tmux_socket, "codexctl"), missing);
  // Neither half a name nor a window's name is the session's.
  await world.tmux(
    "new-session",
    "-d",
    "-s",
    "codexctl2",
    "-n",
    "codexctl",
    "--",
    "sleep",
    "infinity",
  );
  await assert.rejects(listAgents(world.tmux_socket, "codexctl"), missing);
});
