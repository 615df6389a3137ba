/** Every recorded screen of the real Codex gives the state that it shows. */
import assert from "node:assert/strict";
import {
  type Dialog,
  readScreen,
  type ScreenOptions,
  type ScreenReading,
} from "../../../server/codex/screen.ts";
import type { AgentStatus, TurnOutcome } from "../../../server/wire.ts";
import { codexRecordings, recordedRows } from "../../support/recordings.ts";

interface Expected {
  status: AgentStatus;
  outcome?: TurnOutcome;
  dialog?: Dialog;
  /** Composer there, empty; false unless said. */
  composer?: boolean;
  status_row?: boolean;
  marker?: string;
  marker_outcome?: TurnOutcome;
  detail?: string;
  options?: ScreenOptions;
}

const APPROVE = "Would you like to run the following command?";
const BUSY = "We’re currently experiencing high demand, which may cause temporary errors.";
const INLINE: ScreenOptions = { alternate: false };

/** Every recorded screen and what it shows, judged by eye. */
const SCREENS: Record<string, Expected> = {
  "old-0.101.0-pane-approval": {
    status: "approval",
    dialog: "approval",
    detail: `${APPROVE} $ sleep 3; echo done`,
    options: INLINE,
  },
  "old-0.101.0-pane-finished": { status: "idle", composer: true, options: INLINE },
  "old-0.101.0-pane-finished2": { status: "idle", composer: true, options: INLINE },
  "old-0.101.0-pane-idle": {
    status: "input",
    dialog: "menu",
    detail: "Choose how you'd like Codex to proceed.",
    options: INLINE,
  },
  "old-0.141.0-pane-finished": {
    status: "idle",
    composer: true,
    marker: "887c328c-8c66-4bc5-84a9-b6dbcc820913 mock:plain short",
    options: INLINE,
  },
  "old-0.141.0-pane-finished2": {
    status: "idle",
    composer: true,
    marker: "f18587fd-ac0c-4faf-bfae-981b6694e6bd mock:execslow=sleep 3; echo done",
    options: INLINE,
  },
  "old-0.141.0-pane-idle": { status: "idle", composer: true, options: INLINE },
  "old-0.141.0-pane-working": {
    status: "working",
    status_row: true,
    composer: true,
    marker: "f18587fd-ac0c-4faf-bfae-981b6694e6bd mock:execslow=sleep 3; echo done",
    options: INLINE,
  },
  "pane-agents-center": {
    status: "input",
    dialog: "agents_center",
    detail: "Agent command center",
  },
  "pane-approval": {
    status: "approval",
    dialog: "approval",
    detail: `${APPROVE} $ touch /tmp/demo-repo/approved.txt`,
    marker: "672562ed-7ee7-4c3e-8cf6-d0098762169f mock:escalate=touch /tmp/demo-repo/approved.txt",
  },
  // The first prompt is pinned to the first row and cut; the second lost its marker in a dialog.
  "pane-approval-clobbered": {
    status: "idle",
    outcome: "done",
    composer: true,
    marker: "3cfe95b8-c1a5-4161-b06b-929811741692 mock:escalate=touch /tmp/demo-rep…",
    marker_outcome: "done",
    options: { width: 80 },
  },
  // The title's marker wraps, and so do the question and its answers.
  "pane-approval-narrow": {
    status: "approval",
    dialog: "approval",
    detail: `${APPROVE} $ touch asked.txt`,
    marker: "4d1c mock:escalate=touch asked.txt",
    options: { width: 39 },
  },
  "pane-approval-patch": {
    status: "approval",
    dialog: "approval",
    detail: "Would you like to make the following edits?",
    marker: "4d1c mock:patch=../outside.txt",
  },
  "pane-approved": {
    status: "idle",
    outcome: "done",
    composer: true,
    marker: "672562ed-7ee7-4c3e-8cf6-d0098762169f mock:escalate=touch /tmp/demo-repo/approved.txt",
    marker_outcome: "done",
  },
  "pane-busy-second-prompt": {
    status: "idle",
    outcome: "done",
    composer: true,
    marker: "866f530b-6906-4da9-9708-5ad162d19474 mock:plain second while a command runs",
    marker_outcome: "done",
  },
  // "Worked for" is the compaction's; how the prompt's own turn ended has scrolled away.
  "pane-compact": {
    status: "idle",
    outcome: "done",
    composer: true,
    marker: "66a2d69c-04ed-4de2-a6e2-10e88bb0c2d4 mock:usagelimit please",
  },
  "pane-crashed": {
    status: "missing",
    outcome: "done",
    marker: "866f530b-6906-4da9-9708-5ad162d19474 mock:plain second while a command runs",
    marker_outcome: "done",
    options: { dead: true },
  },
  "pane-denied": {
    status: "idle",
    outcome: "interrupted",
    composer: true,
    marker: "221d8298-4644-4dc9-a645-0d8ea90cb29a mock:escalate=touch /tmp/demo-repo/denied.txt",
    marker_outcome: "interrupted",
  },
  "pane-error-401": {
    status: "auth",
    outcome: "error",
    composer: true,
    detail:
      "unexpected status 401 Unauthorized: Incorrect API key provided (mock), url: http://127.0.0.1:18080/v1/responses",
    marker: "711828b2-7ab8-4e35-acc2-e2b7015d38db mock:401 error",
    marker_outcome: "error",
  },
  "pane-error-429": {
    status: "error",
    outcome: "error",
    composer: true,
    detail: "exceeded retry limit, last status: 429 Too Many Requests",
    marker: "4d1c mock:429 please",
    marker_outcome: "error",
  },
  "pane-error-500": {
    status: "error",
    outcome: "error",
    composer: true,
    detail: BUSY,
    marker: "fbc9925b-e093-46ea-8b26-e7947623f33e mock:500 error",
    marker_outcome: "error",
  },
  "pane-finished": {
    status: "idle",
    outcome: "done",
    composer: true,
    marker: "1a95656c-9138-4293-8e3b-6d8b09f47dad mock:plain say hello",
    marker_outcome: "done",
  },
  "pane-hooks-review": {
    status: "input",
    dialog: "hooks_review",
    detail:
      "Hooks need review 14 hooks are new or changed. Hooks can run outside the sandbox after you trust them.",
  },
  "pane-idle": { status: "idle", composer: true },
  "pane-idle-inline": { status: "idle", composer: true, options: INLINE },
  "pane-interrupted": {
    status: "idle",
    outcome: "interrupted",
    composer: true,
    marker: "a2c9293a-cfb7-4a5f-b982-adb8e5ce5efc mock:slow=10 to be interrupted",
    marker_outcome: "interrupted",
  },
  "pane-login": {
    status: "auth",
    dialog: "login",
    detail: "Welcome to Codex, OpenAI's command-line coding agent",
  },
  "pane-long": {
    status: "idle",
    outcome: "done",
    composer: true,
    marker: "959911bf-6dbf-4c49-bbd1-e6d81e4cf053 mock:long=120 long output",
    marker_outcome: "done",
  },
  "pane-long-inline": {
    status: "idle",
    outcome: "done",
    composer: true,
    marker: "e424180f-6e54-40c8-8f6d-868b37bfda27 mock:long=120 long output",
    marker_outcome: "done",
    options: INLINE,
  },
  "pane-multiline": {
    status: "idle",
    outcome: "done",
    composer: true,
    marker: "f43fc4dc-6510-4ac8-a798-39c32f9b2b45 mock:plain first line\n\n  indented second\nlast",
    marker_outcome: "done",
  },
  "pane-narrow": {
    status: "idle",
    outcome: "done",
    composer: true,
    marker: "bc654e20-bada-488e-84c8-cf993937a597 mock:plain narrow pane test",
    marker_outcome: "done",
    options: { width: 39 },
  },
  // A pasted prompt that nobody has sent yet: no prompt of the transcript, and no empty composer.
  "pane-pasted": {
    status: "idle",
    outcome: "done",
    marker: "3acd1fdc-aec2-49fa-ba1d-63513c644d28 mock:ask in plan mode",
    marker_outcome: "done",
  },
  "pane-patch": {
    status: "idle",
    outcome: "done",
    composer: true,
    marker: "ca81ad4d-216a-4198-b27f-5a5bdcd85873 mock:patch",
    marker_outcome: "done",
  },
  "pane-planmode": {
    status: "idle",
    outcome: "done",
    composer: true,
    marker: "ca81ad4d-216a-4198-b27f-5a5bdcd85873 mock:patch",
    marker_outcome: "done",
  },
  "pane-question": {
    status: "input",
    dialog: "question",
    detail: "Question 1/1 (1 unanswered) Which option do you want?",
    marker: "4d1c mock:ask please",
  },
  "pane-question-answered": {
    status: "idle",
    outcome: "done",
    composer: true,
    marker: "3acd1fdc-aec2-49fa-ba1d-63513c644d28 mock:ask in plan mode",
    marker_outcome: "done",
  },
  "pane-reconnecting": {
    status: "working",
    detail: "Reconnecting... 3/5",
    status_row: true,
    composer: true,
    marker: "4d1c mock:drop please",
  },
  "pane-starting": { status: "idle", composer: true, options: { width: 200 } },
  "pane-starting-backfill": {
    status: "unknown",
    detail: "Codex is starting",
    options: { width: 200 },
  },
  "pane-status": {
    status: "error",
    outcome: "error",
    composer: true,
    detail:
      "You’ve hit your usage limit. Visit https://chatgpt.com/settings/usage to purchase more credits or try again at Mar 17th, 2030 5:46 PM.",
  },
  "pane-statusline-thread-id": {
    status: "idle",
    outcome: "done",
    composer: true,
    marker: "8bf89e18-2a34-4188-8109-0da5e08884f4 mock:slow=5 status line",
    marker_outcome: "done",
  },
  // No status row while text streams: only the title knows.
  "pane-streaming": {
    status: "unknown",
    composer: true,
    marker: "bde6c59f-66cd-4eec-aedf-61dd8764ad4f mock:slow=6 stream",
  },
  "pane-subagent": {
    status: "idle",
    outcome: "done",
    composer: true,
    marker: "f3ece7cb-03a9-43ee-8d7b-5c6e60f5afff mock:spawn=child work",
    marker_outcome: "done",
  },
  "pane-trust": { status: "input", dialog: "trust", detail: "Trust this folder?" },
  "pane-update": {
    status: "input",
    dialog: "update",
    detail:
      "Update available · 0.169.0 → 0.170.0 Release notes: https://github.com/openai/codex/releases/latest",
  },
  "pane-usage-limit": {
    status: "error",
    outcome: "error",
    dialog: "usage_limit",
    detail:
      "You’ve hit your usage limit. Visit https://chatgpt.com/settings/usage to purchase more credits or try again at Mar 17th, 2030 5:46 PM.",
    marker: "4d1c mock:usagelimit please",
    marker_outcome: "error",
  },
  "pane-working": {
    status: "working",
    status_row: true,
    composer: true,
    marker: "51f8a43a-041a-4cda-beea-a751a83519fd mock:execslow=sleep 4; echo done",
  },
};

function summary(reading: ScreenReading) {
  const { kind, status, outcome, dialog, composer, status_row, marker, detail } = reading;
  return {
    kind,
    status,
    outcome,
    dialog,
    composer,
    status_row,
    detail,
    marker: marker && `${marker.marker} ${marker.text}`,
    marker_outcome: reading.marker_outcome,
  };
}

Deno.test("every recorded screen is read as what it shows", () => {
  assert.deepEqual(Object.keys(SCREENS).sort(), codexRecordings(), "a recording without a verdict");
  for (const [name, expected] of Object.entries(SCREENS)) {
    const { options, ...shown } = expected;
    const reading = readScreen(recordedRows(name), { width: 100, ...options });
    assert.deepEqual(summary(reading), {
      kind: "codex",
      outcome: null,
      dialog: null,
      composer: false,
      status_row: false,
      detail: null,
      marker: null,
      marker_outcome: null,
      ...shown,
    }, name);
  }
});
