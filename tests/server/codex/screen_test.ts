import assert from "node:assert/strict";
import { type Dialog, readScreen } from "../../../server/codex/screen.ts";
import type { AgentStatus } from "../../../server/wire.ts";
import { codexRecordings, recordedRows } from "../../support/recordings.ts";

Deno.test("content is the transcript alone, by row", () => {
  const rows = recordedRows("pane-working");
  const { content, content_rows } = readScreen(rows, { width: 100 });
  assert.equal(content[0], "  >_ OpenAI Codex (v0.169.0)");
  assert.equal(content.at(-1), "• I will run a command first.");
  assert.deepEqual(content_rows.map((row) => rows[row]), content);
  assert.deepEqual(readScreen(recordedRows("pane-trust")).content, []);
  const approval = readScreen(recordedRows("pane-approval")).content;
  assert.equal(approval.at(-1), "• Running touch /tmp/demo-repo/approved.txt");
  const starting = readScreen(recordedRows("pane-starting"), { width: 200 }).content;
  assert.deepEqual(starting, ["  >_ OpenAI Codex (v0.169.0)", "     loading"]);
  const busy = readScreen(recordedRows("pane-busy-second-prompt")).content;
  assert.equal(busy.at(-1), "  Worked for 2s • 01:42");
});

Deno.test("a draft in the composer is a draft and no prompt", () => {
  const { draft, composer } = readScreen(recordedRows("pane-pasted"), { width: 100 });
  assert.equal(composer, false);
  assert.equal(
    draft,
    "[JOB:f90d31f1-d336-4535-93cb-ff0c3003bb2c] mock:plain pasted\n- dash line\n tab line\nlast line",
  );
});

Deno.test("every prompt with a marker is found, with the end of its turn", () => {
  const { prompts } = readScreen(recordedRows("pane-error-401"), { width: 100 });
  assert.deepEqual(
    prompts.map(({ marker, outcome }) => [marker.slice(0, 4), outcome]),
    [["a2c9", "interrupted"], ["fbc9", "error"], ["b51d", "error"], ["7118", "error"]],
  );
});

/** An idle screen whose last answer is `answer`, indented as Codex shows it. */
function answered(...answer: string[]): string[] {
  const [first, ...rest] = answer;
  return [
    "› [JOB:a1] explain",
    "",
    "",
    `• ${first}`,
    ...rest.map((row) => row && `  ${row}`),
    "",
    "  Worked for 3s • 01:38",
    "",
    "",
    "› Ask Codex to do anything",
    "",
    "  GPT-6.1-Sol default · /tmp/demo-repo",
    "  ← for agents · ? for shortcuts",
  ];
}

Deno.test("what an answer quotes is not what the screen is", () => {
  const quotes = [
    ["It says:", "• Working (2s • esc to interrupt)", "while it runs."],
    ["Working (2s • esc to interrupt)"],
    ["You see", "Would you like to run the following command?", "", "› 1. Yes, proceed (y)"],
    ["Question 1/1 (1 unanswered)", "Question 1/1 (1 unanswered)"],
    ["Welcome to Codex", "Welcome to Codex, OpenAI's command-line coding agent"],
    ["It prints", "■ Conversation interrupted", "", "■ unexpected status 401 Unauthorized"],
    ["Trust this folder?", "1. Trust and continue", "2. Back", "[JOB:b2] not a prompt"],
  ];
  for (const quote of quotes) {
    const reading = readScreen(answered(...quote), { width: 100, alternate: false });
    assert.deepEqual(
      [reading.kind, reading.status, reading.outcome, reading.dialog, reading.marker?.marker],
      ["codex", "idle", "done", null, "a1"],
      quote.join(" / "),
    );
  }
});

Deno.test("'Worked for' in the middle of an answer does not end its turn", () => {
  const rows = answered("Wait for", "", "Worked for 8s • 01:14", "", "and then go on")
    .filter((row) => row !== "  Worked for 3s • 01:38");
  const reading = readScreen(rows, { width: 100, alternate: false });
  assert.deepEqual([reading.status, reading.outcome], ["unknown", null]);
});

Deno.test("dialogs without a recording are known by their titles", () => {
  const above = ["› [JOB:a1] go", "", "• I looked at it.", ""];
  const cases: [string[], AgentStatus, Dialog][] = [
    [["  Select Model", "", "  1. gpt-6", "› 2. gpt-6-luna", "", "  enter"], "input", "menu"],
  ];
  for (const [rows, status, dialog] of cases) {
    const reading = readScreen([...above, ...rows], { width: 100, alternate: false });
    assert.deepEqual([reading.status, reading.dialog, reading.composer], [status, dialog, false]);
  }
});

Deno.test("a retry is work, with how far it got", () => {
  const rows = answered("x").slice(0, 4);
  const reading = readScreen([
    ...rows,
    "",
    "• Reconnecting... 3/5 (2s • esc to interrupt)",
    "  └ stream closed",
    "",
    "› Ask Codex to do anything",
  ], { alternate: false });
  assert.deepEqual([reading.status, reading.detail], ["working", "Reconnecting... 3/5"]);
  assert.equal(reading.content.at(-1), "• x");
});

Deno.test("both apostrophes are the same error", () => {
  for (const apostrophe of ["'", "’"]) {
    const text = `You${apostrophe}ve hit your usage limit.`;
    const rows = ["› go", "", "", `■ ${text}`, "", "› Ask Codex to do anything"];
    const reading = readScreen(rows, { alternate: false });
    assert.deepEqual([reading.status, reading.detail], ["error", text]);
  }
});

Deno.test("a note above the composer is neither transcript nor error", () => {
  const note = " ".repeat(64) + "⚠ 5h limit: only <1% left · /status";
  const rows = ["› go", "", "", "■ It failed.", note, "", "› Ask Codex to do anything"];
  const { detail, content } = readScreen(rows, { alternate: false });
  assert.deepEqual([detail, content.at(-1)], ["It failed.", "■ It failed."]);
});

Deno.test("a pane without Codex is another program's", () => {
  const shells = [
    [],
    [
      "user@host:~/repo$ codex exec hello",
      "• Working (2s • esc to interrupt)",
      "user@host:~/repo$ ",
    ],
    ["› ls", "a  b", "› "],
    ["  Would you like to run the following command?", "", "$ "],
    ["› [JOB:a1] typed into cat"],
    ["$ cat notes", "  Would you like to run the following command?", "  Trust this folder? Yes"],
  ];
  for (const rows of shells) {
    const { kind, status, prompts } = readScreen(rows);
    assert.deepEqual([kind, status, prompts], ["other", "unknown", []], rows.join(" / "));
  }
});

Deno.test("a dead pane is missing, whatever its last frame shows", () => {
  for (const name of codexRecordings()) {
    assert.equal(readScreen(recordedRows(name), { dead: true }).status, "missing", name);
  }
});

Deno.test("a huge screen takes time in proportion to its size", () => {
  const time = (count: number) => {
    const nasty = [
      "› [JOB:[JOB:[JOB:" + "(1".repeat(100),
      "  Worked for 1s",
      "",
      "• ((((((((((1111111111111111111111 (" + "[JOB:".repeat(50),
      "■ error",
    ];
    const rows = Array.from({ length: count }, (_, index) => nasty[index % nasty.length]!);
    const screen = [...rows, "", "› Ask Codex to do anything"];
    // The best of several: other tests run at the same time.
    return Math.min(...Array.from({ length: 7 }, () => {
      const started = performance.now();
      readScreen(screen);
      return performance.now() - started;
    }));
  };
  time(2_000);
  let measured = "";
  // Sixteen times the rows; were it quadratic, the time would grow by 256, however often it is tried.
  const grows_little = () => {
    const [small, large] = [time(2_000), time(32_000)];
    measured = `${small} ms, then ${large} ms`;
    return large < Math.max(small, 1) * 100;
  };
  assert.ok([1, 2, 3, 4, 5].some(grows_little), measured);
});
