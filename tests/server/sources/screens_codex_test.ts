import assert from "node:assert/strict";
import { readScreen } from "../../../server/codex/screen.ts";
import { plainRow } from "../../../server/tmux/rows.ts";
import { ControlStream, unescapeOutput } from "../../../server/tmux/control_stream.ts";
import { CodexPane } from "../../support/codex_pane.ts";
import { codexRecordings, recordedRows, recordingPath } from "../../support/recordings.ts";
import { Watched } from "../../support/watched.ts";

const WORKING = "• Working (2s • esc to interrupt)";
const HEADER = ["", "  >_ OpenAI Codex (v0.169.0)", "     /tmp/repo", ""];

function told(watched: Watched): string[] {
  return watched.lines("fast").filter((line) => line !== "");
}

Deno.test("thirty-two recorded screens at once are told as what they show", async () => {
  await using watched = new Watched();
  // Wider ones than the panes would be wrapped, and a dead one is not dead here.
  const names = codexRecordings()
    .filter((name) => !/starting|crashed/.test(name))
    .slice(0, 32);
  assert.equal(names.length, 32);
  await watched.session("home");
  await watched.tmux("set-option", "-g", "@codexctl_agents", names.map(agentOf).join(","));
  await watched.start();
  const panes: string[] = [];
  for (const name of names) panes.push(await watched.window(agentOf(name)));
  for (const name of names) await watched.untilFound(agentOf(name));
  await Promise.all(names.map(async (name, index) => {
    using terminal = await watched.terminal(panes[index] ?? "");
    const recording = Deno.readTextFileSync(recordingPath(`${name}.ansi`));
    // It reaches the pane in several pieces; Codex too brackets what belongs together.
    let bytes = new TextEncoder().encode(`\x1b[?2026h${recording}\x1b[?2026l`);
    while (bytes.length > 0) bytes = bytes.subarray(await terminal.write(bytes));
  }));
  for (const name of names) {
    const agent = agentOf(name);
    const rows = recordedRows(name);
    const { status, outcome, marker, content } = readScreen(rows, { width: 100, alternate: false });
    await watched.until(`screen of ${name}`, () => {
      const shown = watched.screens?.screens().find((screen) => screen.agent === agent);
      const last = rows.findLast((row) => row.trim() !== "");
      return shown?.lines.some((row) => plainRow(row).trimEnd() === last?.trimEnd());
    });
    if (status !== "unknown") {
      await watched.until(
        `${name} is ${status}`,
        () => watched.claims(agent, "screen").at(-1)?.startsWith(`screen ${status}`),
      );
    }
    const expected = content.filter((row) => row !== "");
    await watched.until(
      `lines of ${name}`,
      () => watched.lines(agent).filter((line) => line !== "").length >= expected.length,
    );
    assert.deepEqual(watched.lines(agent).filter((line) => line !== ""), expected, name);
    assert.equal(watched.markers(agent).at(-1)?.marker, marker?.marker, name);
    assert.deepEqual(watched.claims(agent, "title"), [], name);
    if (outcome && marker?.outcome) {
      assert.equal(watched.of("agent_state", agent).at(-1)?.outcome, outcome, name);
    }
  }
});

function agentOf(recording: string): string {
  return recording.replaceAll(".", "_");
}

Deno.test("a recorded turn of the real Codex is told as it went", async () => {
  await using watched = new Watched();
  using codex = await CodexPane.open(watched);
  await watched.tmux("resize-window", "-t", codex.pane_id, "-x", "100", "-y", "29");
  const start = recordedRows("pane-idle").map((row, index) => `\x1b[${index + 1};1H${row}`);
  await codex.write(`\x1b[?2026h${start.join("")}\x1b[?2026l`);
  await watched.until("idle", () => watched.claims("fast").at(-1) === "screen idle");
  const chunks: Uint8Array[] = [];
  const stream = new ControlStream({
    on_block: () => {},
    on_output: (pane, escaped) => pane === "%2" && chunks.push(unescapeOutput(escaped).slice()),
    on_notification: () => {},
  });
  stream.push(Deno.readFileSync(recordingPath("control-mode.txt")));
  for (const chunk of chunks) {
    await codex.write(new TextDecoder().decode(chunk));
    // About a tenth of the recorded pace.
    await new Promise((done) => setTimeout(done, 5));
  }
  await watched.until("the end", () => watched.claims("fast").at(-1) === "screen idle done");
  assert.deepEqual(watched.claims("fast", "title").slice(-2), ["title working", "title idle done"]);
  assert.deepEqual(
    watched.markers("fast").map(({ marker, text }) => [marker, text]),
    [["f6f0bb81-a8e6-4d3c-9d66-4de048f15516", "mock:slow=3 control mode"]],
  );
  assert.deepEqual(told(watched), [
    "  >_ OpenAI Codex (v0.169.0)",
    "     /tmp/demo-repo",
    "› [JOB:f6f0bb81-a8e6-4d3c-9d66-4de048f15516] mock:slow=3 control mode",
    "• slow chunk 1 of 12. slow chunk 2 of 12. slow chunk 3 of 12. slow chunk 4 of 12. slow chunk 5 of",
    "  12. slow chunk 6 of 12. slow chunk 7 of 12. slow chunk 8 of 12. slow chunk 9 of 12. slow chunk 10",
    "  of 12. slow chunk 11 of 12. slow chunk 12 of 12.",
    "  Worked for 3s • 01:38",
  ]);
  // The turn's beginning comes before its prompt and output, its end after them.
  const kinds = watched.of("agent_state").length;
  assert.ok(kinds >= 4);
  const order = watched.events.map(({ type }, index) => [type, index] as const);
  const at = (type: string) => order.find(([name]) => name === type)?.[1] ?? -1;
  const working = watched.events.findIndex((event) =>
    event.type === "agent_state" && event.status === "working"
  );
  assert.ok(working < at("marker_seen"));
  assert.ok(
    watched.events.findLastIndex(({ type }) => type === "pane_output") <
      watched.events.findLastIndex(({ type }) => type === "agent_state"),
  );
});

Deno.test("a growing line is told when it is complete, a blinking one once", async () => {
  await using watched = new Watched();
  using codex = await CodexPane.open(watched);
  const prompt = [...HEADER, "› [JOB:j1] stream", ""];
  const title = "⠹ repo";
  await codex.draw({
    transcript: prompt,
    status: WORKING,
    title,
    reports: ["state=working:app=codex"],
  });
  await watched.until("working", () => watched.claims("fast").includes("title working"));
  for (const words of ["• one", "• one two", "• one two three"]) {
    await codex.draw({ transcript: [...prompt, words], title });
    await watched.until(words, () => watched.shown.at(-1)?.lines.some((row) => row === words));
  }
  assert.deepEqual(told(watched).at(-1), "› [JOB:j1] stream");
  await codex.draw({ transcript: [...prompt, "• one two three", "  four"], title });
  await watched.until("one line", () => told(watched).includes("• one two three"));
  for (const bullet of ["•", "◦", "•", "◦"]) {
    const running = [...prompt, "• one two three", "  four", "", `${bullet} Running sleep 9`, ""];
    await codex.draw({
      transcript: running,
      status: `${bullet} Working (3s • esc to interrupt)`,
      title,
    });
    await new Promise((done) => setTimeout(done, 40));
  }
  await watched.until("the command", () =>
    told(watched).includes("• Running sleep 9") ||
    told(watched).includes("◦ Running sleep 9"));
  const end = ["• one two three", "  four", "", "• Ran sleep 9", "  └ (no output)", "", "• Done."];
  await codex.draw({
    transcript: [...prompt, ...end, "", "  Worked for 9s • 01:38"],
    title: "repo",
    reports: ["state=done:app=codex"],
  });
  await watched.until("done", () => watched.claims("fast").at(-1) === "screen idle done");
  assert.deepEqual(told(watched).map((line) => line.replace("◦", "•")), [
    "  >_ OpenAI Codex (v0.169.0)",
    "     /tmp/repo",
    "› [JOB:j1] stream",
    "• one two three",
    "  four",
    "• Running sleep 9",
    "• Ran sleep 9",
    "  └ (no output)",
    "• Done.",
    "  Worked for 9s • 01:38",
  ]);
});

/** A transcript that grows by `more` and the same as told lines. */
class Growing {
  readonly rows: string[] = [...HEADER];
  readonly lines: string[] = HEADER.filter((row) => row !== "");

  add(...more: string[]): readonly string[] {
    this.rows.push(...more);
    this.lines.push(...more.filter((row) => row !== ""));
    return this.rows;
  }
}

Deno.test("equal answers to one prompt after the other are each told", async () => {
  await using watched = new Watched();
  using codex = await CodexPane.open(watched);
  const text = new Growing();
  for (let turn = 1; turn <= 12; turn++) {
    text.add(
      `› [JOB:t${turn}] again`,
      "",
      "",
      "• Hello from the model.",
      "",
      "  Worked for <1s • 01:37",
      "",
    );
    await codex.draw({
      transcript: text.rows,
      title: "repo",
      reports: ["state=working:app=codex", "state=done:app=codex"],
    });
    await watched.until(`turn ${turn}`, () => told(watched).length === text.lines.length);
  }
  assert.deepEqual(told(watched), text.lines);
  assert.equal(watched.markers("fast").length, 12);
  assert.deepEqual(
    watched.claims("fast", "title"),
    Array(12).fill(["title working", "title idle done"]).flat(),
  );
});

Deno.test("a dialog hides the transcript and gives it back untold", async () => {
  await using watched = new Watched();
  using codex = await CodexPane.open(watched);
  const text = new Growing();
  const numbers = Array.from({ length: 12 }, (_, index) => `  row ${index}`);
  text.add("› [JOB:d1] go", "", "• Rows:", ...numbers, "");
  const title = "⠹ repo";
  const working = { title, reports: ["state=working:app=codex"], status: WORKING };
  await codex.draw({ transcript: text.rows, ...working });
  await watched.until("the rows", () => told(watched).includes("  row 11"));
  await codex.draw({
    transcript: text.rows,
    dialog: [
      ...["", "  Would you like to run the following command?", "", "  $ touch x", ""],
      ...[
        "› 1. Yes, proceed (y)",
        "  2. No (esc)",
        "",
        "  Press enter to confirm",
        "",
        "",
        "",
        "",
        "",
      ],
    ],
    title: "[ ! ] Action Required | repo",
    reports: ["state=blocked:app=codex:kind=permission"],
  });
  await watched.until("approval", () => watched.claims("fast").at(-1) === "screen approval");
  const claim = watched.of("agent_state").at(-1);
  assert.equal(claim?.status_detail, "Would you like to run the following command? $ touch x");
  await codex.draw({ transcript: text.add("✔ You approved it", ""), ...working });
  await watched.until("work again", () => watched.claims("fast").at(-1) === "screen working");
  await codex.draw({
    transcript: text.add("• Ran touch x", "", "■ Conversation interrupted - use /feedback", ""),
    title: "repo",
    reports: ["state=idle:app=codex"],
  });
  await watched.until("the end", () => watched.claims("fast").at(-1) === "screen idle interrupted");
  assert.deepEqual(told(watched), text.lines);
  assert.deepEqual(watched.claims("fast", "title"), [
    "title working",
    "title approval",
    ...(watched.claims("fast", "title").filter((claim) => claim === "title approval").length > 1
      ? ["title approval"]
      : []),
    "title working",
    "title idle interrupted",
  ]);
});

Deno.test("another width wraps the same text anew and tells none of it", async () => {
  await using watched = new Watched();
  using codex = await CodexPane.open(watched);
  const words = Array.from({ length: 120 }, (_, index) => `word${index}`);
  const wrap = (width: number) => {
    const rows: string[] = [];
    for (const word of words) {
      const last = rows.at(-1);
      if (last === undefined || last.length + 1 + word.length > width - 4) rows.push("  " + word);
      else rows[rows.length - 1] = `${last} ${word}`;
    }
    return [
      "› [JOB:w1] wrap",
      "",
      `•${rows[0]?.slice(1)}`,
      ...rows.slice(1),
      "",
      "  Worked for 2s",
      "",
    ];
  };
  await codex.draw({ transcript: wrap(100), title: "repo" });
  await watched.until("the end", () => told(watched).includes("  Worked for 2s"));
  const before = told(watched);
  const more: string[] = [];
  for (const width of [60, 140, 100]) {
    const transcript = () => [...wrap(width), ...more.flatMap((row) => [row, ""])];
    await watched.tmux("resize-window", "-t", codex.pane_id, "-x", String(width), "-y", "30");
    await codex.draw({ transcript: transcript(), title: "repo" });
    await watched.until(`width ${width}`, () => watched.shown.at(-1)?.width === width);
    more.push(`› [JOB:w${width}] next`, `■ no ${width}`);
    await codex.draw({ transcript: transcript() });
    await watched.until("the next", () => told(watched).includes(`■ no ${width}`));
  }
  assert.deepEqual(told(watched), [...before, ...more]);
});

Deno.test("a half-drawn frame is neither told nor taken for another program", async () => {
  await using watched = new Watched();
  using codex = await CodexPane.open(watched);
  const text = new Growing();
  text.add("› [JOB:h1] go", "", "• Said.", "", "  Worked for 1s", "");
  await codex.draw({ transcript: text.rows, title: "repo", reports: ["state=idle:app=codex"] });
  await watched.until("idle", () => watched.claims("fast").at(-1)?.startsWith("screen idle"));
  const claims = watched.claims("fast");
  for (let round = 0; round < 10; round++) {
    await codex.write("\x1b[?2026h\x1b[H\x1b[Jhalf a");
    await new Promise((done) => setTimeout(done, 10));
    await codex.write("\x1b[?2026l");
    await codex.draw({ transcript: text.rows });
  }
  await codex.draw({ transcript: text.add("› [JOB:h2] more", "", "", "■ It failed.", "") });
  await watched.until("the error", () => told(watched).includes("■ It failed."));
  assert.deepEqual(told(watched), text.lines);
  assert.deepEqual(watched.claims("fast").slice(0, claims.length), claims);
  assert.equal(watched.claims("fast").includes("screen unknown"), false);
});

Deno.test("something drawn over Codex is not told, Codex leaving is", async () => {
  await using watched = new Watched();
  using codex = await CodexPane.open(watched);
  const text = new Growing();
  text.add("› [JOB:o1] go", "", "• Said.", "", "  Worked for 1s", "");
  await codex.draw({ transcript: text.rows, title: "repo", reports: ["state=done:app=codex"] });
  await watched.until("idle", () => watched.claims("fast").at(-1) === "screen idle done");
  await codex.write("\x1b[?2026h\x1b[H\x1b[J/ T R A N S C R I P T /\x1b[5;1Hold rows\x1b[?2026l");
  await watched.until("the overlay", () => watched.shown.at(-1)?.lines[4] === "old rows");
  await codex.draw({ transcript: text.rows });
  await watched.until("Codex", () => watched.shown.at(-1)?.lines[4] !== "old rows");
  await codex.write("\x1b]0;\x07\x1b]7501;state=clear\x1b\\\x1b[?1049l\x1b[HToken usage: 1\r\n$ ");
  await watched.until("a shell", () => watched.claims("fast").at(-1) === "screen unknown");
  assert.deepEqual(told(watched), [...text.lines, "Token usage: 1"]);
  assert.equal(watched.claims("fast", "title").at(-1), "title unknown");
});

Deno.test("after a restart neither lines nor prompts nor claims are told again", async () => {
  await using watched = new Watched();
  using codex = await CodexPane.open(watched);
  const text = new Growing();
  text.add("› [JOB:r1] go", "", "• Said.", "", "  Worked for 1s", "");
  const idle = { title: "repo", reports: ["state=done:app=codex"] };
  await codex.draw({ transcript: text.rows, ...idle });
  await watched.until("idle", () => watched.claims("fast").at(-1) === "screen idle done");
  const events = watched.events.length;
  await watched.stop();
  const shown = watched.shown.length;
  await watched.start();
  await watched.until("the screen", () => watched.shown.length > shown);
  assert.equal(watched.events.length, events);
  await watched.stop();
  text.add("› [JOB:r2] meanwhile", "", "• Also said.", "", "■ It failed.", "");
  await codex.draw({ transcript: text.rows, title: "repo" });
  await watched.start();
  await watched.until("the error", () => watched.claims("fast").at(-1) === "screen error error");
  assert.deepEqual(told(watched), text.lines);
  assert.deepEqual(watched.markers("fast").map(({ marker }) => marker), ["r1", "r2"]);
});

Deno.test("an old Codex in the scrollback tells a burst of lines whole", async () => {
  await using watched = new Watched();
  watched.history_limit = 5_000;
  using codex = await CodexPane.open(watched, { inline: true });
  await codex.write("$ codex\r\n");
  await watched.until("the shell", () => told(watched).includes("$ codex"));
  const footer = "\r\n\r\n› Explain this codebase\r\n\r\n  gpt-5.2-codex default · /tmp/repo";
  await codex.write("\x1b[?2026h\r\n>_ OpenAI Codex (v0.141.0)\r\n" + footer + "\x1b[?2026l");
  await watched.until("idle", () => watched.claims("fast").at(-1) === "screen idle");
  const lines = Array.from({ length: 1_000 }, (_, index) => `  row ${index}`);
  // History is written above the composer, which moves down.
  await codex.write(
    "\x1b[?2026h\x1b[3A\r\x1b[J› [JOB:b1] rows\r\n\r\n• Rows:\r\n" + lines.join("\r\n") + footer +
      "\x1b[?2026l",
  );
  await watched.until("the last row", () => told(watched).includes("  row 999"));
  assert.deepEqual(told(watched), [
    "$ codex",
    ">_ OpenAI Codex (v0.141.0)",
    "› [JOB:b1] rows",
    "• Rows:",
    ...lines,
  ]);
});
