/** Waits on the screen until the turn of a prompt has ended, as codexctl does. */
import { titleState } from "../codex/title.ts";
import { errorText } from "../error.ts";
import type { TurnOutcome } from "../wire.ts";
import { findObstacle, isWaiting, type Look, lookAt } from "./look.ts";
import type { Run } from "./run.ts";

export interface WaitEnd {
  exit_code: number;
  detail: string | null;
}

export interface Wait {
  pane_id: string;
  /** The id in the prompt; undefined when it was typed without. */
  marker: string | undefined;
  seconds: number;
  /** Told once when the agent waits for a person. */
  onBlocked(text: string): void;
}

/** A look costs 4 ms of tmux: quick answers are seen soon, long ones cost little. */
const FIRST_PAUSE_MS = 200;
const LAST_PAUSE_MS = 1_000;
/**
 * Where the prompt's own end is not on the screen (scrolled away, `--nojob`, an old Codex), an agent
 * that was seen at work and then rests this long has ended.
 */
const REST_MS = 2_000;
/** Not seen at work at all: it was very quick, or has not begun, as while its MCP servers start. */
const UNSEEN_REST_MS = 10_000;

/**
 * Resolves when the turn ended, or `seconds` are over: 0 done, 1 failed or interrupted or the pane is
 * gone, 3 still waiting for a person, 4 still at work; the code of `run.stop` when the sender stopped.
 */
export async function waitForEnd(run: Run, wait: Wait): Promise<WaitEnd> {
  const deadline = performance.now() + wait.seconds * 1_000;
  let pause = FIRST_PAUSE_MS;
  let resting_since: number | undefined;
  let began = false;
  let blocked: string | undefined;
  for (;;) {
    let look: Look;
    try {
      look = await lookAt(run.config.tmux_socket, wait.pane_id);
    } catch (error) {
      return { exit_code: 1, detail: errorText(error) };
    }
    if (look.dead) return { exit_code: 1, detail: "Its program has ended" };
    const own = look.screen.prompts.findLast(({ marker }) => marker === wait.marker);
    if (own?.outcome) return ended(own.outcome, own.error);
    const now = performance.now();
    resting_since = isResting(look) ? resting_since ?? now : undefined;
    began ||= own !== undefined || resting_since === undefined;
    if (now - (resting_since ?? now) >= (began ? REST_MS : UNSEEN_REST_MS)) {
      return ended(look.screen.outcome ?? "done", look.screen.detail);
    }
    const waits = isWaiting(look) ? findObstacle(look)?.text : undefined;
    if (waits && !blocked) wait.onBlocked(waits);
    blocked = waits;
    if (now >= deadline) {
      return blocked
        ? { exit_code: 3, detail: blocked }
        : { exit_code: 4, detail: `Not finished after ${wait.seconds} s` };
    }
    await restOrStop(Math.min(pause, deadline - now), run.stop);
    if (run.stop?.aborted) return { exit_code: Number(run.stop.reason), detail: "Stopped waiting" };
    pause = Math.min(pause * 1.3, LAST_PAUSE_MS);
  }
}

/** The screen shows a turn that ended, and the title no spinner. */
function isResting(look: Look): boolean {
  const { kind, status } = look.screen;
  if (kind !== "codex" || isWaiting(look) || titleState(look.title) === "working") return false;
  return status === "idle" || status === "error" || status === "auth";
}

function ended(outcome: TurnOutcome, error: string | null): WaitEnd {
  switch (outcome) {
    case "done":
      return { exit_code: 0, detail: null };
    case "error":
      return { exit_code: 1, detail: error ?? "The turn failed" };
    case "interrupted":
      return { exit_code: 1, detail: "The turn was interrupted" };
    default:
      return outcome satisfies never;
  }
}

async function restOrStop(ms: number, stop: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const wake = () => resolve();
  stop?.addEventListener("abort", wake);
  await promise;
  clearTimeout(timer);
  stop?.removeEventListener("abort", wake);
}
