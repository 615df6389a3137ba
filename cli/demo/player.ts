/**
 * Plays the person at a demo: sends the script's prompts by `codexdash send`, and answers an approval
 * that nobody else answers. All the while it only knows what the page knows.
 */
import { errorText } from "../../server/error.ts";
import type { Act } from "./script.ts";
import type { TowerWatch } from "./tower_watch.ts";

export interface PlayerOptions {
  names: readonly string[];
  watch: TowerWatch;
  /** How many times faster than written. */
  speed: number;
  stop: AbortSignal;
  /** Runs `codexdash send`; resolves with what it complained about, or undefined. */
  send: (agent: string, prompt: string) => Promise<string | undefined>;
  /** Presses a key in an agent's pane. */
  press: (agent: string, key: string) => Promise<void>;
  say: (line: string) => void;
}

/** Long enough for a visitor to see the dialog and to answer it. */
const ANSWER_AFTER_MS = 20_000;

/** Between two rounds of the script: the page comes to rest once. */
const ROUND_MS = 30_000;

const FINISHED = new Set(["done", "error", "cancelled"]);

/** Plays the script once and waits for the end of its jobs. Rejects when `stop` is aborted. */
export async function playOnce(script: readonly Act[], player: PlayerOptions): Promise<void> {
  const { names, watch, stop, speed } = player;
  const stopAnswering = answerApprovals(player);
  try {
    for (const { agent, prompt, after_s } of script) {
      const name = names[agent % names.length] ?? "";
      await delay(after_s * 1000 / speed, stop);
      await watch.until(() => watch.agents.get(name)?.status === "idle", stop);
      player.say(`→ ${name}  ${prompt}`);
      const complaint = await player.send(name, prompt);
      if (complaint !== undefined && !stop.aborted) {
        player.say(`  ${name} did not get it: ${complaint}`);
      }
    }
    await watch.until(
      () => [...watch.jobs.values()].every(({ status }) => FINISHED.has(status)),
      stop,
    );
  } finally {
    stopAnswering();
  }
}

/** Plays it again and again. Rejects when `stop` is aborted. */
export async function playForever(script: readonly Act[], player: PlayerOptions): Promise<never> {
  for (;;) {
    await playOnce(script, player);
    await delay(ROUND_MS / player.speed, player.stop);
  }
}

/** Says yes to every approval that waits for long; returns what ends that. */
function answerApprovals({ watch, speed, press, say }: PlayerOptions): () => void {
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const forget = (agent: string) => {
    clearTimeout(waiting.get(agent));
    waiting.delete(agent);
  };
  const look = () => {
    for (const { agent, status } of watch.agents.values()) {
      if (status !== "approval") forget(agent);
      else if (!waiting.has(agent)) {
        const seconds = Math.round(ANSWER_AFTER_MS / speed / 1000);
        say(`? ${agent} asks for an approval; in ${seconds} s the demo says yes`);
        waiting.set(
          agent,
          setTimeout(() => {
            say(`✓ ${agent} was allowed to go on`);
            press(agent, "y").catch((error) =>
              say(`  ${agent} was not answered: ${errorText(error)}`)
            );
          }, ANSWER_AFTER_MS / speed),
        );
      }
    }
  };
  const unsubscribe = watch.subscribe(look);
  return () => {
    unsubscribe();
    for (const agent of [...waiting.keys()]) forget(agent);
  };
}

async function delay(ms: number, stop: AbortSignal): Promise<void> {
  stop.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stopped = () => reject(stop.reason);
  stop.addEventListener("abort", stopped);
  await promise.finally(() => {
    clearTimeout(timer);
    stop.removeEventListener("abort", stopped);
  });
}
