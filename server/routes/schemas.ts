/**
 * Rows and reports as zod schemas: what the document at `/api/openapi.json` says of them. The types
 * are wire.ts's own; `satisfies` keeps both the same.
 */
import { z } from "@hono/zod-openapi";
import {
  AGENT_STATUSES,
  type AgentRow,
  type DispatchRequest,
  type DoctorReport,
  ESTIMATE_METHODS,
  type EventRow,
  JOB_STATUSES,
  type JobRow,
  RECEIPTS,
  SEVERITIES,
  type SourceHealth,
  STATUS_SOURCES,
} from "../wire.ts";
import { context_kind } from "./codex_schemas.ts";

const text = z.string().nullable();
const whole = z.number().int().nullable();
const ts = z.number().int().openapi({ description: "milliseconds since the epoch" });
const maybe_ts = ts.nullable();

const tokens = {
  prompt_tokens_exact: whole,
  completion_tokens_exact: whole,
  total_tokens_exact: whole,
  prompt_tokens_est: whole,
  completion_tokens_est: whole,
  total_tokens_est: whole,
};

const prompt = {
  prompt_text: text,
  prompt_hash: text.openapi({ description: "sha256 of the prompt in hex" }),
  prompt_bytes: whole,
  output_path: text,
  output_bytes: whole,
  model: text,
};

export const AgentSchema = z.object({
  agent: z.string(),
  status: z.enum(AGENT_STATUSES),
  status_source: z.enum(STATUS_SOURCES).nullable(),
  status_ts: maybe_ts,
  status_detail: text,
  status_code: text.openapi({ description: "the open dialog's name, else Codex's error code" }),
  status_conflict: text,
  last_seen: maybe_ts,
  pane_id: text,
  window_name: text,
  session: text,
  model: text,
  job_id: text,
  thread_id: text,
  turn_id: text,
  effort: text,
  approval_policy: text,
  sandbox: text,
  context_tokens: whole,
  context_kind,
  context_window: whole,
  turn_tokens: whole,
  turn_sub_agent_tokens: whole.openapi({ description: "beside turn_tokens" }),
}).openapi("Agent") satisfies z.ZodType<AgentRow>;

export const JobSchema = z.object({
  job_id: z.string(),
  agent: text,
  status: z.enum(JOB_STATUSES),
  started_ts: ts,
  updated_ts: ts,
  duration_ms: whole,
  ...prompt,
  ...tokens,
  dispatch_id: text,
  marker: text,
  pane_id: text,
  receipt: z.enum(RECEIPTS),
  typed_ts: maybe_ts,
  submitted_ts: maybe_ts,
  turn_started_ts: maybe_ts,
  finished_ts: maybe_ts,
  status_source: z.enum(STATUS_SOURCES).nullable(),
  status_detail: text,
  exit_code: whole,
  thread_id: text,
  turn_id: text,
  cached_tokens_exact: whole.openapi({ description: "inside prompt_tokens_exact" }),
  reasoning_tokens_exact: whole.openapi({ description: "inside completion_tokens_exact" }),
  compaction_tokens_exact: whole.openapi({ description: "inside total_tokens_exact" }),
  sub_agent_tokens_exact: whole.openapi({ description: "beside the other figures" }),
  shared_with: z.number().int().openapi({ description: "other jobs with the same tokens" }),
  estimate_method: z.enum(ESTIMATE_METHODS).nullable().openapi({
    description: "how *_tokens_est were made; null where there are none",
  }),
  effort: text,
  approval_policy: text,
  sandbox: text,
}).openapi("Job") satisfies z.ZodType<JobRow>;

export const EventSchema = z.object({
  id: z.number().int(),
  ts,
  type: z.string(),
  session: text,
  agent: text,
  pane_id: text,
  window_name: text,
  job_id: text,
  payload: z.string().openapi({ description: "the event as JSON text" }),
  ...prompt,
  ...tokens,
  text,
  status: text,
  sub_agent: text,
  stream: text,
  exit_code: whole,
}).openapi("Event") satisfies z.ZodType<EventRow>;

export const SourceSchema = z.object({
  source: z.string(),
  state: z.enum(["starting", "catching_up", "live", "waiting", "failed", "stopped"]),
  detail: text,
  lag_bytes: whole,
  bad_lines: z.number().int(),
  last_ts: maybe_ts,
}).openapi("Source") satisfies z.ZodType<SourceHealth>;

export const DoctorSchema = z.object({
  agents: z.record(
    z.string(),
    z.object({
      pane_id: text,
      window_name: text,
      responsive: z.boolean(),
      auth_needed: z.boolean(),
      mode: z.enum(["windows", "panes"]),
    }),
  ),
  findings: z.array(z.object({
    id: z.string(),
    severity: z.enum(SEVERITIES),
    title: z.string(),
    detail: text,
    remedy: text,
  })),
  ts,
}).openapi("Doctor") satisfies z.ZodType<DoctorReport>;

/** More agents than tmux shows on any screen; a longer list is a mistake. */
const MOST_TARGETS = 64;

/** A client of the old server may send null for what it leaves out. */
export const DispatchSchema = z.object({
  targets: z.array(z.string().min(1).max(200)).min(1).max(MOST_TARGETS),
  prompt: z.string().min(1),
  parallel: z.boolean().nullish().transform((value) => value ?? undefined),
  wait: z.number().int().min(0).max(86_400).nullish().transform((value) => value ?? undefined)
    .openapi({ description: "seconds to wait for an answer" }),
  outdir: z.string().nullish().transform((value) => value || undefined),
  job_id: z.string().nullish().transform((value) => value || undefined),
}).openapi("Dispatch") satisfies z.ZodType<DispatchRequest>;
