/** What the estimator and its worker say to each other. Types only. */

export interface CountRequest {
  prompt: string;
  output: string;
}

export type CountAnswer =
  | { ok: true; prompt_tokens: number; output_tokens: number }
  | { ok: false; cause: string };
