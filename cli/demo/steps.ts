/** The steps that a scenario consists of: what the model would say and use, one response after the other. */
import type { TurnError } from "./lines.ts";
import type { Usage } from "./usage.ts";

export type Tool =
  | {
    kind: "command";
    shell: string;
    output: string;
    exit_code: number;
    ms: number;
    /** Why it needs an approval; undefined when it needs none. */
    reason?: string;
  }
  | { kind: "patch"; path: string; lines: string[] }
  | { kind: "question"; question: string; options: { label: string; description: string }[] }
  | { kind: "spawn"; name: string; task: string }
  | { kind: "wait_for_agents"; name: string };

/** One model response: it may think, then say something, then use one tool. */
export interface Response {
  wait_ms: number;
  reasoning?: string;
  say?: { chunks: string[]; gap_ms: number; phase?: string };
  tool?: Tool;
  usage: Usage;
}

/** A request that fails and ends the turn. */
export interface Failure {
  wait_ms: number;
  error: TurnError;
  /** The 5 h window is used up. */
  limit?: boolean;
}

export type Step = Response | Failure;
