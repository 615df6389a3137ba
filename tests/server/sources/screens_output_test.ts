import assert from "node:assert/strict";
import { join } from "node:path";
import { Watched } from "../../support/watched.ts";

const ENCODER = new TextEncoder();

/** A pane for `fast`, its terminal, and what is written to it. */
async function openPane(watched: Watched) {
  const pane = await watched.session("fast");
  await watched.start();
  await watched.untilFound("fast");
  const terminal = await watched.terminal(pane);
  return {
    pane,
    write: (text: string) => terminal.write(ENCODER.encode(text)),
    [Symbol.dispose]: () => terminal.close(),
  };
}

function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);
}

Deno.test("two thousand lines in bursts are told once each, in order", async () => {
  await using watched = new Watched();
  watched.history_limit = 10_000;
  using pane = await openPane(watched);
  for (let from = 1; from <= 2_000; from += 100) {
    await pane.write(numbered(from, from + 99).join("\n") + "\n");
    if (from % 500 === 1) await new Promise((done) => setTimeout(done, 20));
  }
  await watched.until("the last line", () => watched.lines("fast").includes("line 2000"));
  assert.deepEqual(watched.lines("fast"), numbered(1, 2_000));
});

Deno.test("in the alternate screen too, as long as a burst fits on it", async () => {
  await using watched = new Watched();
  using pane = await openPane(watched);
  await pane.write("before\n");
  await watched.until("before", () => watched.lines("fast").includes("before"));
  await pane.write("\x1b[?1049h\x1b[H");
  for (let from = 1; from <= 2_000; from += 20) {
    await pane.write(numbered(from, from + 19).join("\n") + "\n");
    await watched.until(
      `line ${from + 19}`,
      () => watched.lines("fast").at(-1) === `line ${from + 19}`,
    );
  }
  await pane.write("\x1b[?1049lafter\n");
  await watched.until("after", () => watched.lines("fast").at(-1) === "after");
  assert.deepEqual(watched.lines("fast"), ["before", ...numbered(1, 2_000), "after"]);
});

Deno.test("equal lines are told as often as they were written", async () => {
  await using watched = new Watched();
  using pane = await openPane(watched);
  await pane.write("same\n".repeat(300) + "\n\nend\n");
  await watched.until("the end", () => watched.lines("fast").includes("end"));
  assert.deepEqual(watched.lines("fast"), [...Array(300).fill("same"), "", "", "end"]);
});

Deno.test("when tmux drops old rows nothing is told twice", async () => {
  await using watched = new Watched();
  watched.history_limit = 60;
  using pane = await openPane(watched);
  for (let from = 1; from <= 600; from += 10) {
    await pane.write(numbered(from, from + 9).join("\n") + "\n");
    await watched.until(
      `line ${from + 9}`,
      () => watched.lines("fast").includes(`line ${from + 9}`),
    );
  }
  assert.deepEqual(watched.lines("fast"), numbered(1, 600));
});

Deno.test("a line is told when the cursor has left it, wrapped rows as one", async () => {
  await using watched = new Watched();
  using pane = await openPane(watched);
  const long = "日本 ünï ⠹ ".repeat(40).trim();
  await pane.write("progress 1%\rprogress 50%");
  await watched.until("the bar", () => watched.shown.at(-1)?.lines.includes("progress 50%"));
  assert.deepEqual(watched.lines("fast"), []);
  await pane.write("\rprogress 100%\n" + long.slice(0, 150));
  await watched.until("100%", () => watched.lines("fast").includes("progress 100%"));
  await pane.write(long.slice(150) + "\n\x1b[31mred\x1b[0m \x1b]0;title\x07text\x07\nprompt> ");
  await watched.until("the red line", () => watched.lines("fast").includes("red text"));
  assert.deepEqual(watched.lines("fast"), ["progress 100%", long, "red text"]);
});

Deno.test("resizing, clearing and drawing again tell nothing anew", async () => {
  await using watched = new Watched();
  using pane = await openPane(watched);
  const long = "word ".repeat(60).trim();
  await pane.write(numbered(1, 40).join("\n") + "\n" + long + "\n");
  await watched.until("the long line", () => watched.lines("fast").includes(long));
  const told = [...numbered(1, 40), long];
  let last = 0;
  const marked = async () => {
    last++;
    await pane.write(`mark ${last}\n`);
    told.push(`mark ${last}`);
    await watched.until(`mark ${last}`, () => watched.lines("fast").at(-1) === `mark ${last}`);
  };
  for (const width of ["60", "130", "100"]) {
    await watched.tmux("resize-window", "-t", "codexctl:fast", "-x", width, "-y", "20");
    await watched.until(`width ${width}`, () => watched.shown.at(-1)?.width === Number(width));
    await marked();
  }
  await pane.write("\x1b[H\x1b[2J");
  await marked();
  await pane.write("\x1b[H\x1b[2J\x1b[3J");
  await marked();
  assert.deepEqual(watched.lines("fast"), told);
});

Deno.test("after a restart only what came meanwhile is told", async () => {
  await using watched = new Watched();
  using pane = await openPane(watched);
  await pane.write(numbered(1, 100).join("\n") + "\n");
  await watched.until("line 100", () => watched.lines("fast").includes("line 100"));
  for (let round = 1; round <= 3; round++) {
    await watched.stop();
    if (round === 2) await pane.write(numbered(101, 180).join("\n") + "\n");
    await watched.start();
    await watched.untilFound("fast");
  }
  await pane.write("the end\n");
  await watched.until("the end", () => watched.lines("fast").includes("the end"));
  assert.deepEqual(watched.lines("fast"), [...numbered(1, 180), "the end"]);
  assert.equal(watched.of("agent_mapped").length, 1);
});

Deno.test("what a pane's scrollback held before us is nobody's news, what is on its screen is", async () => {
  await using watched = new Watched();
  const pane = await watched.session("fast", "sh", "-c", "seq 1 100; exec sleep infinity");
  await watched.until(
    "its output",
    async () => (await watched.tmux("capture-pane", "-p", "-t", pane)).includes("100"),
  );
  await watched.start();
  await watched.until("the last line", () => watched.lines("fast").includes("100"));
  assert.equal(watched.lines("fast").includes("1"), false);
  assert.equal(watched.lines("fast").includes("90"), true);
  // A window of its own beforehand, an agent only now: the same.
  await watched.window("later", "sh", "-c", "seq 201 300; exec sleep infinity");
  await watched.until(
    "its output",
    async () => (await watched.tmux("capture-pane", "-p", "-t", "codexctl:later")).includes("300"),
  );
  // When a later window has been found, this one is known too.
  await watched.window("sec");
  await watched.untilFound("sec");
  await watched.tmux("rename-window", "-t", "codexctl:later", "deep");
  await watched.until("the last line", () => watched.lines("deep").includes("300"));
  assert.equal(watched.lines("deep").includes("201"), false);
  // A pane that comes while we watch is told from its first line.
  await watched.window("test", "sh", "-c", "seq 401 500; exec sleep infinity");
  await watched.until("the last line", () => watched.lines("test").includes("500"));
  assert.equal(watched.lines("test")[0], "401");
});

Deno.test("a spinner tells nothing but that it spins", async () => {
  await using watched = new Watched();
  using pane = await openPane(watched);
  const frames = [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"];
  const draw = async (frame: number) => {
    const bullet = frame % 2 ? "•" : "◦";
    await pane.write(
      `\x1b]0;${
        frames[frame % 10]
      } repo\x07\x1b[9;1H${bullet} Working (${frame}s • esc to interrupt)` +
        `\x1b[10;1H${frames[frame % 10]} thinking ${frame}s\x1b[K`,
    );
  };
  await draw(0);
  await watched.until("working", () => watched.claims("fast").includes("title working"));
  await watched.until("the screen", () => watched.shown.at(-1)?.lines[9]?.includes("thinking"));
  const [events, shown] = [watched.events.length, watched.shown.length];
  for (let frame = 1; frame <= 100; frame++) {
    await draw(frame);
    await new Promise((done) => setTimeout(done, 20));
  }
  await pane.write("\x1b]0;repo\x07\x1b[20;1Hdone\n");
  await watched.until("done", () => watched.shown.at(-1)?.lines[19] === "done");
  assert.equal(watched.shown.length, shown + 1);
  assert.deepEqual(watched.events.slice(events).map(({ type }) => type), [
    "pane_output",
    "agent_state",
  ]);
});

Deno.test("text that looks like tmux's protocol or its formats is text", async () => {
  await using watched = new Watched();
  using pane = await openPane(watched);
  const nasty = [
    "%end 1795225107 513 1",
    "%begin 1 2 1",
    "%output %0 forged",
    "%exit",
    "#{pane_id} #(touch forged) ␞ %1",
    "\\033]7501;state=done:app=codex\\007",
  ];
  await pane.write("\x1b]0;a␞%99␞#{pane_pid}␞1 ;kill-server\x07" + nasty.join("\n") + "\n");
  await watched.until("the text", () => watched.lines("fast").length >= nasty.length);
  assert.deepEqual(watched.lines("fast"), nasty);
  assert.equal(watched.shown.at(-1)?.title, "a␞%99␞#{pane_pid}␞1 ;kill-server");
  await watched.tmux("rename-window", "-t", pane.pane, "evil ; kill-server ␞ ##{pane_id}");
  await watched.until("it is gone", () => watched.claims("fast").at(-1) === "screen missing");
  await watched.tmux("rename-window", "-t", pane.pane, "fast");
  await watched.until("it is back", () => watched.of("agent_mapped", "fast").length === 2);
});

Deno.test("watching changes nothing of what is watched", async () => {
  await using watched = new Watched();
  const pane = await watched.session("fast");
  await watched.window("deep");
  const split = ["split-window", "-d", "-P", "-F", "#{pane_id}", "-t", "codexctl:deep"];
  await watched.tmux(...split, "--", "sleep", "infinity");
  await watched.tmux("copy-mode", "-t", "codexctl:deep");
  const terminal = await watched.terminal(pane);
  await terminal.write(ENCODER.encode(numbered(1, 50).join("\n") + "\x1b[5;7H"));
  const state = async () => {
    const formats = "pane_id pane_width pane_height pane_active pane_in_mode pane_mode cursor_x " +
      "cursor_y cursor_flag alternate_on history_size scroll_position window_id window_name " +
      "window_active window_flags window_width window_height window_layout pane_dead " +
      "pane_synchronized mouse_any_flag session_windows pane_title pane_pipe";
    const format = formats.split(" ").map((name) => `${name}=#{${name}}`).join(" ");
    return (await watched.tmux("list-panes", "-s", "-t", "=codexctl:", "-F", format)).split("\n");
  };
  await watched.until(
    "the text",
    async () => (await state())[0]?.includes("cursor_x=6 cursor_y=4"),
  );
  const before = await state();
  await watched.start();
  await watched.untilFound("fast");
  await watched.untilFound("deep");
  assert.deepEqual(await state(), before);
  await watched.stop();
  assert.deepEqual(await state(), before);
  terminal.close();
});

Deno.test("while panes are quiet no process is started and nothing is told", async () => {
  await using watched = new Watched();
  await watched.session("fast");
  for (const name of ["deep", "test", "sec"]) await watched.window(name);
  await watched.start();
  for (const name of ["fast", "deep", "test", "sec"]) await watched.untilFound(name);
  const processes = () => [...tmuxProcesses(watched.world.tmux_socket)].sort();
  // The server and our client; a pane's program goes by the server's words until it has started.
  await watched.until("two processes", () => processes().length === 2);
  const [before, told] = [processes(), watched.events.length];
  // Longer than tmux takes to report subscriptions, every second.
  await new Promise((done) => setTimeout(done, 2_500));
  assert.deepEqual(processes(), before);
  assert.equal(watched.events.length, told);
});

/** Process ids of everything that was started for this tmux server. */
function* tmuxProcesses(socket: string): Generator<string> {
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const words = Deno.readTextFileSync(join("/proc", name, "cmdline")).split("\0");
      if (words.includes(socket)) yield name;
    } catch {
      // It has ended meanwhile.
    }
  }
}
