/**
 * The fold's rows between database and rules: loaded when first asked for, kept while they may be
 * asked for again, written back once per transaction.
 */
import type { AgentRow, JobRow, ResponseRow, ThreadRow, TurnRow } from "../wire.ts";
import type { Store } from "./db.ts";
import { RowCache } from "./row_cache.ts";
import { NO_THREAD } from "./fold_context.ts";
import type {
  AgentState,
  DispatchState,
  HeldPrompt,
  JobState,
  LimitState,
  StatedLimit,
  Tower,
  UsageSlot,
} from "./state.ts";

/** Rows kept in memory: enough that a running dispatch never reads its own twice. */
const KEPT_ROWS = 512;

const AGENT_COLUMNS = [
  "agent",
  "status",
  "status_source",
  "status_ts",
  "status_detail",
  "status_code",
  "status_conflict",
  "last_seen",
  "pane_id",
  "window_name",
  "session",
  "model",
  "job_id",
  "thread_id",
  "turn_id",
  "effort",
  "approval_policy",
  "sandbox",
  "context_tokens",
  "context_kind",
  "context_window",
  "turn_tokens",
  "turn_sub_agent_tokens",
] as const satisfies readonly (keyof AgentRow)[];

const JOB_COLUMNS = [
  "job_id",
  "agent",
  "status",
  "started_ts",
  "updated_ts",
  "duration_ms",
  "prompt_text",
  "prompt_hash",
  "prompt_bytes",
  "output_path",
  "output_bytes",
  "model",
  "prompt_tokens_exact",
  "completion_tokens_exact",
  "total_tokens_exact",
  "prompt_tokens_est",
  "completion_tokens_est",
  "total_tokens_est",
  "dispatch_id",
  "marker",
  "pane_id",
  "receipt",
  "typed_ts",
  "submitted_ts",
  "turn_started_ts",
  "finished_ts",
  "status_source",
  "status_detail",
  "exit_code",
  "thread_id",
  "turn_id",
  "cached_tokens_exact",
  "reasoning_tokens_exact",
  "compaction_tokens_exact",
  "sub_agent_tokens_exact",
  "shared_with",
  "estimate_method",
  "effort",
  "approval_policy",
  "sandbox",
] as const satisfies readonly (keyof JobRow)[];

/** SQL column lists: exactly the keys of the rows that clients get. */
export const AGENT_SELECT = AGENT_COLUMNS.join(", ");
export const JOB_SELECT = JOB_COLUMNS.join(", ");

const OPEN = "status IN ('queued', 'running', 'blocked')";

export class StoredTower implements Tower {
  readonly #store: Store;
  readonly #agents: RowCache<AgentState>;
  readonly #jobs: RowCache<JobState>;
  readonly #dispatches: RowCache<DispatchState>;
  readonly #held_prompts: RowCache<HeldPrompt>;
  readonly #threads: RowCache<ThreadRow>;
  readonly #turns: RowCache<TurnRow>;
  readonly #responses: RowCache<ResponseRow>;
  readonly #usage_slots: RowCache<UsageSlot>;
  readonly #limits: RowCache<LimitState>;
  /** Job ids by agent that have not ended; complete for every agent in it. */
  readonly #open = new Map<string, Set<string>>();

  constructor(store: Store) {
    this.#store = store;
    this.#agents = new RowCache(store, { table: "agents", key: "agent", json: ["claims"] });
    this.#jobs = new RowCache(store, { table: "jobs", key: "job_id" });
    this.#dispatches = new RowCache(store, { table: "dispatches", key: "dispatch_id" });
    this.#held_prompts = new RowCache(store, { table: "held_prompts", key: "marker" });
    this.#threads = new RowCache(store, { table: "threads", key: "thread_id" });
    this.#turns = new RowCache(store, { table: "turns", key: "turn_id", json: ["job_ids"] });
    this.#responses = new RowCache(store, { table: "responses", key: "response_id" });
    this.#usage_slots = new RowCache(store, { table: "usage_slots", key: "slot_key" });
    this.#limits = new RowCache(store, { table: "limits", key: "limit_key" });
    this.#agents.loadAll();
  }

  agent(name: string): AgentState {
    return this.#agents.get(name) ?? this.#agents.add(name, newAgent(name));
  }

  agentByPane(pane_id: string): AgentState | undefined {
    for (const row of this.#agents.rows()) {
      if (row.pane_id === pane_id && row.status !== "missing") return this.agent(row.agent);
    }
    return undefined;
  }

  job(job_id: string): JobState | undefined {
    return this.#jobs.get(job_id);
  }

  jobByMarker(marker: string): JobState | undefined {
    for (const row of this.#jobs.rows()) {
      if (row.marker === marker) return this.job(row.job_id);
    }
    const row = this.#store.get<{ job_id: string }>(
      "SELECT job_id FROM jobs WHERE marker = ?",
      marker,
    );
    return row && this.job(row.job_id);
  }

  openJobs(agent: string): JobState[] {
    let open = this.#open.get(agent);
    if (!open) {
      const rows = this.#store.all<{ job_id: string }>(
        `SELECT job_id FROM jobs WHERE agent = ? AND ${OPEN}`,
        agent,
      );
      this.#open.set(agent, open = new Set(rows.map((row) => row.job_id)));
    }
    for (const row of this.#jobs.touched()) if (row.agent === agent) open.add(row.job_id);
    return this.#inOrder(open).filter((job) => job.agent === agent && isOpen(job));
  }

  unmarkedJobs({ from_ts, to_ts }: { from_ts: number; to_ts: number }): JobState[] {
    const rows = this.#store.all<{ job_id: string }>(
      `SELECT job_id FROM jobs WHERE marker IS NULL AND driver = 'codexctl'
       AND started_ts BETWEEN ? AND ?`,
      from_ts,
      to_ts,
    );
    const ids = new Set(rows.map((row) => row.job_id));
    for (const row of this.#jobs.touched()) ids.add(row.job_id);
    return this.#inOrder(ids).filter((job) =>
      job.marker === null && job.driver === "codexctl" &&
      job.started_ts >= from_ts && job.started_ts <= to_ts
    );
  }

  dispatchJobs(dispatch_id: string): JobState[] {
    const ids = new Set(
      this.#store.all<{ job_id: string }>(
        "SELECT job_id FROM jobs WHERE dispatch_id = ?",
        dispatch_id,
      ).map((row) => row.job_id),
    );
    for (const row of this.#jobs.touched()) {
      if (row.dispatch_id === dispatch_id) ids.add(row.job_id);
    }
    return this.#inOrder(ids).filter((job) => job.dispatch_id === dispatch_id);
  }

  addJob(job: JobState): JobState {
    return this.#jobs.add(job.job_id, job);
  }

  dispatch(dispatch_id: string, ts: number): DispatchState {
    return this.#dispatches.get(dispatch_id) ??
      this.#dispatches.add(dispatch_id, { dispatch_id, ts, printing_job_id: null });
  }

  heldPrompt(marker: string): HeldPrompt | undefined {
    return this.#held_prompts.get(marker);
  }

  heldPrompts(turn_id: string): HeldPrompt[] {
    const rows = this.#store.all<{ marker: string }>(
      "SELECT marker FROM held_prompts WHERE turn_id = ?",
      turn_id,
    );
    const markers = new Set(rows.map(({ marker }) => marker));
    for (const row of this.#held_prompts.touched()) {
      if (row.turn_id === turn_id) markers.add(row.marker);
    }
    return [...markers].sort().map((marker) => this.heldPrompt(marker)!);
  }

  addHeldPrompt(prompt: HeldPrompt): HeldPrompt {
    return this.#held_prompts.add(prompt.marker, prompt);
  }

  thread(thread_id: string): ThreadRow | undefined {
    return this.#threads.get(thread_id);
  }

  addThread(thread: ThreadRow): ThreadRow {
    return this.#threads.add(thread.thread_id, thread);
  }

  childThreads(thread_id: string): ThreadRow[] {
    this.#threads.save();
    return this.#store.all<{ thread_id: string }>(
      "SELECT thread_id FROM threads WHERE parent_thread_id = ? ORDER BY thread_id",
      thread_id,
    ).map((row) => this.thread(row.thread_id)!);
  }

  turn(turn_id: string): TurnRow | undefined {
    return this.#turns.get(turn_id);
  }

  addTurn(turn: TurnRow): TurnRow {
    return this.#turns.add(turn.turn_id, turn);
  }

  response(response_id: string): ResponseRow | undefined {
    return this.#responses.get(response_id);
  }

  addResponse(response: ResponseRow): ResponseRow {
    return this.#responses.add(response.response_id, response);
  }

  usageSlot(slot_key: string): UsageSlot | undefined {
    return this.#usage_slots.get(slot_key);
  }

  addUsageSlot(slot: UsageSlot): UsageSlot {
    return this.#usage_slots.add(slot.slot_key, slot);
  }

  subAgentTokens(root_turn_id: string): number {
    this.#turns.save();
    const sum = this.#store.get<{ tokens: number | null }>(
      "SELECT SUM(total_tokens) AS tokens FROM turns WHERE root_turn_id = ? AND root_turn_id <> turn_id",
      root_turn_id,
    );
    return sum?.tokens ?? 0;
  }

  limitsAround({ limit_id, span, plan_type, ts }: StatedLimit) {
    this.#limits.save();
    const find = (condition: string) => {
      const row = this.#store.get<{ limit_key: string }>(
        `SELECT limit_key FROM limits
         WHERE limit_id = ? AND span = ? AND plan_type IS ? AND ts ${condition} LIMIT 1`,
        limit_id,
        span,
        plan_type,
        ts,
      );
      return row && this.#limits.get(row.limit_key);
    };
    return { before: find("<= ? ORDER BY ts DESC"), after: find("> ? ORDER BY ts") };
  }

  addLimit(limit: StatedLimit): void {
    const { limit_id, span, plan_type, ts, used_percent, resets_ts } = limit;
    const limit_key = [limit_id, span, plan_type, ts, used_percent, resets_ts].join(" ");
    if (!this.#limits.get(limit_key)) this.#limits.add(limit_key, { ...limit, limit_key });
  }

  /** Writes every row that changed and returns those that clients see. */
  flush(): { agents: AgentRow[]; jobs: JobRow[] } {
    const jobs = this.#jobs.flush();
    for (const job of jobs) this.#index(job);
    const changed = { agents: this.#agents.flush().map(agentRow), jobs: jobs.map(jobRow) };
    const others = [
      this.#dispatches,
      this.#held_prompts,
      this.#threads,
      this.#turns,
      this.#responses,
      this.#usage_slots,
      this.#limits,
    ] as const;
    for (const rows of others) {
      rows.flush();
      rows.forget(KEPT_ROWS, () => true);
    }
    this.#jobs.forget(KEPT_ROWS, (job) => !isOpen(job));
    return changed;
  }

  #index(job: JobState): void {
    if (!job.agent) return;
    const open = this.#open.get(job.agent);
    if (isOpen(job)) open?.add(job.job_id);
    else open?.delete(job.job_id);
  }

  #inOrder(ids: Set<string>): JobState[] {
    return [...ids].map((id) => this.job(id)).filter((job) => job !== undefined)
      .sort((a, b) => a.started_ts - b.started_ts || (a.job_id < b.job_id ? -1 : 1));
  }
}

function isOpen(job: JobState): boolean {
  return job.status === "queued" || job.status === "running" || job.status === "blocked";
}

function agentRow({ claims: _claims, thread_ts: _thread_ts, ...row }: AgentState): AgentRow {
  return row;
}

function jobRow({ driver: _driver, printed: _printed, ...row }: JobState): JobRow {
  return row;
}

function newAgent(agent: string): AgentState {
  return {
    agent,
    status: "unknown",
    status_source: null,
    status_ts: null,
    status_detail: null,
    status_code: null,
    status_conflict: null,
    last_seen: null,
    pane_id: null,
    window_name: null,
    session: null,
    model: null,
    job_id: null,
    ...NO_THREAD,
    thread_ts: null,
    claims: {},
  };
}
