/** What Codex's own session files filled, as zod schemas; the types are the contract's own. */
import { z } from "@hono/zod-openapi";
import {
  type CodexWork,
  CONTEXT_KINDS,
  type Cost,
  ITEM_KINDS,
  JOB_STATUSES,
  type LimitRow,
  SEARCH_KINDS,
  type SearchResult,
  THREAD_STATUSES,
  type ThreadDetail,
  type ThreadListRow,
  type ThreadRow,
  type TranscriptItem,
  TURN_STATUSES,
  type TurnRow,
  type UsageReportRow,
} from "../wire.ts";

const text = z.string().nullable();
const whole = z.number().int().nullable();
const ts = z.number().int().openapi({ description: "milliseconds since the epoch" });

const tokens = {
  input_tokens: z.number().int().openapi({ description: "cached ones are inside" }),
  cached_input_tokens: z.number().int(),
  output_tokens: z.number().int().openapi({ description: "reasoning is inside" }),
  reasoning_output_tokens: z.number().int(),
  total_tokens: z.number().int().openapi({ description: "input + output" }),
};

export const context_kind = z.enum(CONTEXT_KINDS).nullable();

const compaction_tokens = z.number().int().openapi({ description: "inside total_tokens" });

const settings = {
  model: text,
  effort: text,
  approval_policy: text,
  sandbox: text,
  cwd: text,
};

export const ThreadSchema = z.object({
  thread_id: z.string(),
  root_thread_id: z.string(),
  parent_thread_id: text,
  forked_from_id: text,
  agent: text,
  agent_nickname: text,
  agent_path: text,
  originator: text,
  cli_version: text,
  git_branch: text,
  format: z.enum(["paginated", "legacy"]),
  rollout: z.string(),
  ...settings,
  turn_id: text,
  preview: text,
  started_ts: ts,
  updated_ts: ts,
  context_tokens: whole,
  context_kind,
  context_window: whole,
  compaction_tokens,
  live_status: z.enum(THREAD_STATUSES).nullable().openapi({ description: "says Codex's daemon" }),
  live_ts: ts.nullable(),
  ...tokens,
}).openapi("Thread") satisfies z.ZodType<ThreadRow>;

export const ThreadListSchema = z.object({
  ...ThreadSchema.shape,
  turns: z.number().int(),
  turn_status: z.enum(TURN_STATUSES).nullable(),
  forked_from_preview: text,
}).openapi("ThreadListRow") satisfies z.ZodType<ThreadListRow>;

export const TurnSchema = z.object({
  turn_id: z.string(),
  thread_id: z.string(),
  root_turn_id: text,
  agent: text,
  status: z.enum(TURN_STATUSES),
  trigger: text,
  ...settings,
  started_ts: ts,
  finished_ts: ts.nullable(),
  duration_ms: whole,
  error_code: text,
  error_message: text,
  last_message: text,
  job_ids: z.array(z.string()).openapi({ description: "with more than one, tokens are shared" }),
  compaction_tokens,
  sub_agent_tokens: z.number().int().openapi({ description: "beside the other figures" }),
  ...tokens,
}).openapi("Turn") satisfies z.ZodType<TurnRow>;

export const CodexWorkSchema = z.object({
  thread: z.union([ThreadSchema, z.null()]),
  turns: z.array(TurnSchema),
  sub_agents: z.array(ThreadListSchema),
}).openapi("CodexWork") satisfies z.ZodType<CodexWork>;

export const ThreadDetailSchema = z.object({
  ...CodexWorkSchema.shape,
  thread: ThreadSchema,
  parent: z.union([ThreadSchema, z.null()]),
  forked_from: z.union([ThreadSchema, z.null()]),
  forks: z.array(ThreadListSchema),
}).openapi("ThreadDetail") satisfies z.ZodType<ThreadDetail>;

export const ItemSchema = z.object({
  seq: z.number().int(),
  ts,
  turn_id: text,
  item_id: text,
  item: z.enum(ITEM_KINDS),
  text,
  command: text,
  cwd: text,
  output: text,
  exit_code: whole,
  status: text,
  duration_ms: whole,
  changes: z.array(z.object({ path: z.string(), kind: z.string(), diff: text })).nullable(),
  child_thread_id: text,
  cut: z.boolean().openapi({ description: "a text of it is longer than max_chars" }),
}).openapi("TranscriptItem") satisfies z.ZodType<TranscriptItem>;

export const SearchResultSchema = z.object({
  id: z.number().int().openapi({ description: "before=<id> of the last one is the next page" }),
  kind: z.enum(SEARCH_KINDS),
  ts,
  seq: z.number().int().openapi({ description: "the event that the text stands in" }),
  agent: text,
  job_id: text.openapi({ description: "the job that it is part of, also by way of a sub-agent" }),
  thread_id: text,
  turn_id: text,
  status: z.enum(JOB_STATUSES).nullable().openapi({ description: "the job's, now" }),
  snippet: z.array(z.object({ text: z.string(), match: z.boolean() })).openapi({
    description: "pieces of one line of plain text; match says that q found it",
  }),
}).openapi("SearchResult") satisfies z.ZodType<SearchResult>;

export const CostSchema = z.object({
  amount: z.number(),
  currency: z.string(),
  source: z.string().openapi({ description: "where the prices are from" }),
  date: z.string().openapi({ description: "the day of the prices, YYYY-MM-DD" }),
}).nullable().openapi({
  description: "of exact tokens; null without a price list or where a model has no price",
}) satisfies z.ZodType<Cost | null>;

export const UsageSchema = z.object({
  key: text,
  responses: z.number().int(),
  ...tokens,
  compaction_tokens: compaction_tokens.openapi({ description: "of main threads" }),
  sub_agent_tokens: z.number().int().openapi({ description: "inside total_tokens too" }),
  shared_with: z.array(z.string()).openapi({ description: "other jobs with the same tokens" }),
  estimated_jobs: z.number().int().openapi({ description: "jobs that could only be estimated" }),
  total_tokens_est: z.number().int().openapi({ description: "of those: in no other figure" }),
  cost: CostSchema,
}).openapi("Usage") satisfies z.ZodType<UsageReportRow>;

export const LimitSchema = z.object({
  ts,
  stated_ts: ts.openapi({ description: "when the same figure was said last" }),
  limit_id: z.string(),
  limit_name: text,
  span: z.enum(["primary", "secondary"]),
  used_percent: z.number(),
  window_minutes: whole,
  resets_ts: ts.nullable(),
  plan_type: text,
  was_reset: z.boolean().openapi({ description: "its window is over: used since is not known" }),
}).openapi("Limit") satisfies z.ZodType<LimitRow>;
