import assert from "node:assert/strict";
import type { Report } from "../../../server/codex/title.ts";
import { readScreen } from "../../../server/codex/screen.ts";
import { claimAll } from "../../../server/sources/pane_claims.ts";
import { newMemory } from "../../../server/sources/pane_memory.ts";

const PANE = { pane_id: "%1", pane_pid: 1, window_name: "fast", session: "codexctl" };

/** Outcomes of the title tier for reports that end while the screen shows `rows`. */
function outcomes(reports: Report[], rows: string[]) {
  const { claims } = claimAll(newMemory(PANE, "server"), {
    title: "repo",
    reports,
    report: undefined,
    reading: readScreen(rows, { width: 100, alternate: true }),
    codex: true,
    left: false,
  });
  return claims.filter(({ source }) => source === "title").map(({ status, outcome }) =>
    `${status} ${outcome}`
  );
}

const COMPOSER = ["", "› Ask Codex to do anything", "", "  ← for agents"];

const FRESH = ["  >_ OpenAI Codex (v0.169.0)", "     /tmp/demo-repo", "", ...COMPOSER];
const WORKING = [
  "  >_ OpenAI Codex (v0.169.0)",
  "     /tmp/demo-repo",
  "",
  "› [JOB:j1] mock:slow",
  "",
  ...COMPOSER,
];

Deno.test("a start, reported as work and then idle, is neither work nor an interruption", () => {
  assert.deepEqual(outcomes(["working"], FRESH), ["idle null"]);
  assert.deepEqual(outcomes(["working", "idle"], FRESH), ["idle null"]);
});

Deno.test("the first turn is work as soon as its prompt is on the screen", () => {
  assert.deepEqual(outcomes(["working"], WORKING), ["working null"]);
  // The start's idle, read together with the first turn's work, has not ended it.
  assert.deepEqual(outcomes(["working", "idle", "working"], WORKING), [
    "working null",
    "idle null",
    "working null",
  ]);
});

Deno.test("an interruption is one when the screen shows it", () => {
  const rows = [
    ...["› [JOB:j1] mock:slow", "", "• slow chunk", ""],
    "■ Conversation interrupted - use /feedback if something went wrong",
    ...COMPOSER,
  ];
  assert.deepEqual(outcomes(["working", "idle"], rows), ["working null", "idle interrupted"]);
});
