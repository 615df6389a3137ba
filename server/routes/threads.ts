/** `GET /api/threads`, `GET /api/threads/{thread_id}` and `GET /api/jobs/{job_id}/transcript`. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { CodexdashError } from "../error.ts";
import { findJob } from "../store/jobs.ts";
import {
  findThread,
  listChildThreads,
  listJobItems,
  listThreadItems,
  listThreads,
  listTurns,
} from "../store/threads.ts";
import { ItemSchema, ThreadSchema, TurnSchema } from "./codex_schemas.ts";
import type { AppDeps } from "./deps.ts";
import { answerInvalid, errorResponse } from "./errors.ts";
import { filter, limit } from "./params.ts";

/** Items of one answer; longer transcripts are exported. */
const MOST_ITEMS = 5_000;

const list = createRoute({
  method: "get",
  path: "/api/threads",
  summary: "Codex's threads, newest updated_ts first; agent is null where it is not known",
  request: {
    query: z.object({
      limit: limit({ fallback: 50, max: 1_000 }),
      agent: filter("only threads of this agent"),
    }),
  },
  responses: {
    200: {
      description: "Threads",
      content: { "application/json": { schema: z.array(ThreadSchema) } },
    },
    422: errorResponse("A number that is none"),
  },
});

const find = createRoute({
  method: "get",
  path: "/api/threads/{thread_id}",
  summary: "One thread: its turns, its sub-agents, the newest part of its transcript",
  request: {
    params: z.object({ thread_id: z.string() }),
    query: z.object({ limit: limit({ fallback: 500, max: MOST_ITEMS }) }),
  },
  responses: {
    200: {
      description: "The thread",
      content: {
        "application/json": {
          schema: z.object({
            thread: ThreadSchema,
            turns: z.array(TurnSchema),
            children: z.array(ThreadSchema),
            items: z.array(ItemSchema),
          }),
        },
      },
    },
    404: errorResponse("No such thread"),
    422: errorResponse("A number that is none"),
  },
});

const transcript = createRoute({
  method: "get",
  path: "/api/jobs/{job_id}/transcript",
  summary: "What Codex's own session file says of a job, oldest first",
  request: {
    params: z.object({ job_id: z.string() }),
    query: z.object({ limit: limit({ fallback: 500, max: MOST_ITEMS }) }),
  },
  responses: {
    200: {
      description: "Items of the turn that the job's prompt is in",
      content: { "application/json": { schema: z.array(ItemSchema) } },
    },
    404: errorResponse("No such job"),
    422: errorResponse("A number that is none"),
  },
});

export function threads({ store }: AppDeps): OpenAPIHono {
  return new OpenAPIHono({ defaultHook: answerInvalid })
    .openapi(list, (c) => c.json(listThreads(store, c.req.valid("query")), 200))
    .openapi(find, (c) => {
      const { thread_id } = c.req.valid("param");
      const { limit } = c.req.valid("query");
      const thread = findThread(store, thread_id);
      if (!thread) {
        throw new CodexdashError(
          "not_found",
          `Cannot find thread "${thread_id}": see /api/threads`,
        );
      }
      return c.json({
        thread,
        turns: listTurns(store, thread_id),
        children: listChildThreads(store, thread_id),
        items: listThreadItems(store, thread_id, { limit }),
      }, 200);
    })
    .openapi(transcript, (c) => {
      const { job_id } = c.req.valid("param");
      const job = findJob(store, job_id);
      if (!job) {
        throw new CodexdashError("not_found", `Cannot find job "${job_id}": see /api/jobs`);
      }
      return c.json(listJobItems(store, job.job_id, c.req.valid("query")), 200);
    });
}
