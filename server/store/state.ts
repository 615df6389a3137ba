/** The rows that the fold works on, and where it gets them. Types only. */
import type {
  AgentRow,
  JobRow,
  LimitRow,
  ResponseRow,
  StatusClaim,
  StatusSource,
  ThreadRow,
  TokenUsage,
  TurnRow,
} from "../wire.ts";

/** A limit as it is stored; whether its window is over depends on when one asks. */
export type StatedLimit = Omit<LimitRow, "was_reset">;

/** A stored limit: one row for each moment at which it was another. */
export interface LimitState extends StatedLimit {
  limit_key: string;
}

/** Tokens of one turn's responses in one slot of time: what sums are made of. */
export interface UsageSlot extends TokenUsage {
  slot_key: string;
  slot_ts: number;
  thread_id: string;
  turn_id: string | null;
  model: string | null;
  responses: number;
  /** Inside `total_tokens`. */
  compaction_tokens: number;
}

export interface AgentState extends AgentRow {
  /** As of when `thread_id` is the thread that its pane runs. */
  thread_ts: number | null;
  claims: Partial<Record<StatusSource, StatusClaim>>;
}

export interface JobState extends JobRow {
  driver: string | null;
  /** How far the dispatcher's own printed answer got: 1 after the line with the marker. */
  printed: 0 | 1;
}

/** A dispatch whose printed output is being read: which job's part of it comes now. */
export interface DispatchState {
  dispatch_id: string;
  ts: number;
  printing_job_id: string | null;
}

/** A prompt in a session file whose marker is one of several jobs': which, is not known yet. */
export interface HeldPrompt {
  marker: string;
  thread_id: string;
  turn_id: string;
  ts: number;
  text: string;
}

/** The rows that a fold works on. Everything handed out may be changed and is then written back. */
export interface Tower {
  agent(name: string): AgentState;
  agentByPane(pane_id: string): AgentState | undefined;
  job(job_id: string): JobState | undefined;
  jobByMarker(marker: string): JobState | undefined;
  /** Jobs of an agent that have not ended, oldest first. */
  openJobs(agent: string): JobState[];
  /** Jobs begun in this time whose prompt codexctl types, and whose marker is not known; oldest first. */
  unmarkedJobs(time: { from_ts: number; to_ts: number }): JobState[];
  heldPrompt(marker: string): HeldPrompt | undefined;
  heldPrompts(turn_id: string): HeldPrompt[];
  addHeldPrompt(prompt: HeldPrompt): HeldPrompt;
  /** Jobs of one dispatch, oldest first. */
  dispatchJobs(dispatch_id: string): JobState[];
  addJob(job: JobState): JobState;
  dispatch(dispatch_id: string, ts: number): DispatchState;
  thread(thread_id: string): ThreadRow | undefined;
  addThread(thread: ThreadRow): ThreadRow;
  /** The threads of its sub-agents. */
  childThreads(thread_id: string): ThreadRow[];
  turn(turn_id: string): TurnRow | undefined;
  addTurn(turn: TurnRow): TurnRow;
  response(response_id: string): ResponseRow | undefined;
  addResponse(response: ResponseRow): ResponseRow;
  usageSlot(slot_key: string): UsageSlot | undefined;
  addUsageSlot(slot: UsageSlot): UsageSlot;
  /** What turns of sub-agents that work for this one have used. */
  subAgentTokens(root_turn_id: string): number;
  /** The same limit's rows before and after a moment: that of `ts` is before. */
  limitsAround(
    limit: Pick<StatedLimit, "limit_id" | "span" | "plan_type" | "ts">,
  ): { before: StatedLimit | undefined; after: StatedLimit | undefined };
  addLimit(limit: StatedLimit): void;
}
