/**
 * The built-in driver's typing: look, paste, rest, Enter, look again. Each step that was seen to have
 * worked is a receipt; what was not seen is never reported as done.
 */
import { CodexdashError } from "../error.ts";
import { pasteText, pressEnter } from "../tmux/keys.ts";
import { findObstacle, isWaiting, type Look, lookUntil, lookWhenDrawn, refusal } from "./look.ts";
import { type DispatchedJob, recordReceipt, type Run } from "./run.ts";

/** An Enter that comes right after fast text becomes a newline of it (REC pane-enter-not-submitted). */
const REST_MS = 300;
/** How long Codex may take to show what it got, on a busy machine. */
const SHOW_MS = 5_000;

export interface Delivery {
  pane_id: string;
  text: string;
  force: boolean;
}

/**
 * Types a text into a pane and submits it. The caller holds the pane's lock. Throws `CodexdashError`
 * "refused" when the pane shows something else than a composer for it, "unavailable" when it was not
 * seen to arrive, "not_found" when the pane is gone.
 */
export async function deliver(
  run: Run,
  job: DispatchedJob,
  { pane_id, text, force }: Delivery,
): Promise<void> {
  const socket = run.config.tmux_socket;
  const place = { socket, pane_id };
  const agent = job.agent;
  const before = await lookWhenDrawn(socket, pane_id);
  const obstacle = findObstacle(before);
  if (obstacle && !(force && obstacle.forcible)) throw refusal({ agent, pane_id }, obstacle);
  await pasteText(socket, { pane_id, text, in_mode: before.in_mode });
  await new Promise((done) => setTimeout(done, REST_MS));
  if (obstacle) {
    // Forced: there is no composer to check against.
    await pressEnter(socket, { pane_id, force });
    recordReceipt(run, job, { receipt: "typed", detail: `Not confirmed: ${obstacle.text}` });
    return;
  }
  const typed = await lookUntil(place, {
    seen: (look) => isWaiting(look) || isTyped(look, text),
    limit_ms: SHOW_MS,
  });
  if (isWaiting(typed)) throw cameUp(agent, pane_id);
  if (!isTyped(typed, text)) throw unconfirmed(agent, "the prompt is not seen in its composer");
  recordReceipt(run, job, { receipt: "typed" });
  for (const detail of [null, "Enter was pressed twice"]) {
    if (!await pressEnter(socket, { pane_id, force })) throw cameUp(agent, pane_id);
    const after = await lookUntil(place, { seen: isSubmitted(text), limit_ms: SHOW_MS });
    if (isSubmitted(text)(after)) return recordReceipt(run, job, { receipt: "submitted", detail });
    // Only what is certainly still our text is worth another Enter.
    if (!isDraftOf(after, text)) break;
  }
  throw unconfirmed(agent, "the prompt is still in its composer");
}

/** Whether the composer, empty before, now holds the text. */
function isTyped(look: Look, text: string): boolean {
  const { composer, draft } = look.screen;
  if (composer) return false;
  if (isDraftOf(look, text)) return true;
  // A composer that is taller than the pane shows the end of the text and no first row.
  const end = letters(text).slice(-30);
  return draft === null && end !== "" && letters(look.rows.join("")).includes(end);
}

/** Codex shows a long paste as `[Pasted Content 1234 chars]`. */
function isDraftOf({ screen: { draft } }: Look, text: string): boolean {
  if (draft === null) return false;
  return /^\[Pasted Content \d+ chars\]/.test(draft) || letters(text).includes(letters(draft));
}

/** The composer is empty again, holds somebody's next text, or the turn asks something already. */
function isSubmitted(text: string): (look: Look) => boolean {
  return (look) => {
    const { composer, draft, dialog } = look.screen;
    return composer || dialog !== null || (draft !== null && !isDraftOf(look, text));
  };
}

/** What wrapping, tabs and a terminal's idea of an emoji leave alone. */
function letters(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, "");
}

function cameUp(agent: string | null, pane_id: string): CodexdashError {
  const text =
    "a question came up while the prompt was typed, so Enter was not pressed; answer it, clear the " +
    "composer and send again";
  return refusal({ agent, pane_id }, { text, forcible: false });
}

function unconfirmed(agent: string | null, reason: string): CodexdashError {
  return new CodexdashError(
    "unavailable",
    `Cannot confirm that "${agent}" got the prompt: ${reason}; look there with codexdash attach`,
  );
}
