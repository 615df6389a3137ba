/** `GET /api/jobs/{job_id}/transcript` and `GET /api/jobs/{job_id}/turns`. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { CodexdashError } from "../error.ts";
import { readJobWork } from "../store/codex_work.ts";
import type { Store } from "../store/db.ts";
import { findJob } from "../store/jobs.ts";
import { listJobTurns } from "../store/threads.ts";
import { listTurnItems } from "../store/transcript.ts";
import type { JobRow } from "../wire.ts";
import { CodexWorkSchema, ItemSchema } from "./codex_schemas.ts";
import type { AppDeps } from "./deps.ts";
import { answerInvalid, errorResponse } from "./errors.ts";
import { limit, wholeNumber } from "./params.ts";

/** Items of one answer; longer transcripts come in parts. */
export const MOST_ITEMS = 5_000;

const seq = (description: string) =>
  wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER, description });

/** Which part of a transcript a client asks for. */
export const itemRange = z.object({
  limit: limit({ fallback: 500, max: MOST_ITEMS }),
  since: seq("only items after this seq, the oldest of them first"),
  before: seq("only items before this seq"),
  max_chars: wholeNumber({
    min: 100,
    max: Number.MAX_SAFE_INTEGER,
    description: "longer texts are cut in the middle, and their item says cut",
  }),
});

const transcript = createRoute({
  method: "get",
  path: "/api/jobs/{job_id}/transcript",
  summary: "What Codex's own session file says of a job, oldest first",
  request: { params: z.object({ job_id: z.string() }), query: itemRange },
  responses: {
    200: {
      description: "Items of the turn that the job's prompt is in; the newest, or with since the " +
        "oldest. A sub-agent's own are at /api/threads/{child_thread_id}/transcript",
      content: { "application/json": { schema: z.array(ItemSchema) } },
    },
    404: errorResponse("No such job"),
    422: errorResponse("A number that is none"),
  },
});

const turns = createRoute({
  method: "get",
  path: "/api/jobs/{job_id}/turns",
  summary: "A job's thread, the turns that serve it, and the sub-agents that worked for them",
  request: { params: z.object({ job_id: z.string() }) },
  responses: {
    200: {
      description: "thread is null and the rest empty while no session file names the job",
      content: { "application/json": { schema: CodexWorkSchema } },
    },
    404: errorResponse("No such job"),
  },
});

export function transcripts({ store }: AppDeps): OpenAPIHono {
  return new OpenAPIHono({ defaultHook: answerInvalid })
    .openapi(transcript, (c) => {
      const job = getJob(store, c.req.valid("param").job_id);
      return c.json(listTurnItems(store, listJobTurns(store, job), c.req.valid("query")), 200);
    })
    .openapi(turns, (c) => {
      return c.json(readJobWork(store, getJob(store, c.req.valid("param").job_id)), 200);
    });
}

function getJob(store: Store, job_id: string): JobRow {
  const job = findJob(store, job_id);
  if (job) return job;
  throw new CodexdashError("not_found", `Cannot find job "${job_id}": see /api/jobs`);
}
