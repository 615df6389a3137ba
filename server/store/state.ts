/** The rows that the fold works on, and where it gets them. Types only. */
import type {
  AgentRow,
  JobRow,
  LimitRow,
  ResponseRow,
  StatusClaim,
  StatusSource,
  ThreadRow,
  TurnRow,
} from "../wire.ts";

/** A stored limit: one row for each moment at which it was another. */
export interface LimitState extends LimitRow {
  limit_key: string;
}

export interface AgentState extends AgentRow {
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

/** The rows that a fold works on. Everything handed out may be changed and is then written back. */
export interface Tower {
  agent(name: string): AgentState;
  agentByPane(pane_id: string): AgentState | undefined;
  job(job_id: string): JobState | undefined;
  jobByMarker(marker: string): JobState | undefined;
  /** Jobs of an agent that have not ended, oldest first. */
  openJobs(agent: string): JobState[];
  /** Jobs of one dispatch, oldest first. */
  dispatchJobs(dispatch_id: string): JobState[];
  addJob(job: JobState): JobState;
  dispatch(dispatch_id: string, ts: number): DispatchState;
  thread(thread_id: string): ThreadRow | undefined;
  addThread(thread: ThreadRow): ThreadRow;
  turn(turn_id: string): TurnRow | undefined;
  addTurn(turn: TurnRow): TurnRow;
  /** False when a response of this id is stored already. */
  addResponse(response: ResponseRow): boolean;
  addLimit(limit: LimitRow): void;
}
