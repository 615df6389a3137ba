/** `GET /api/jobs` and `GET /api/jobs/{job_id}`. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { listJobEvents } from "../store/events.ts";
import { findJob, listJobs } from "../store/jobs.ts";
import { sumJobModels } from "../store/usage_models.ts";
import { JOB_STATUSES, type JobStatus } from "../wire.ts";
import { CostSchema } from "./codex_schemas.ts";
import type { AppDeps } from "./deps.ts";
import { answerInvalid, errorResponse } from "./errors.ts";
import { filter, limit } from "./params.ts";
import { EventSchema, JobSchema } from "./schemas.ts";

/** A job's events in one answer: at 1.2 KB each about 12 MB, what a browser still takes at once. */
const MOST_EVENTS = 10_000;

const list = createRoute({
  method: "get",
  path: "/api/jobs",
  summary: "Jobs, newest updated_ts first",
  request: {
    query: z.object({
      limit: limit({ fallback: 50, max: 1_000 }),
      status: filter("only jobs in this status; of an unknown one there are none"),
      agent: filter("only jobs of this agent"),
    }),
  },
  responses: {
    200: {
      description: "Jobs",
      content: { "application/json": { schema: z.array(JobSchema) } },
    },
    422: errorResponse("A number that is none"),
  },
});

const find = createRoute({
  method: "get",
  path: "/api/jobs/{job_id}",
  summary: "One job by its id or its marker, with its events",
  request: {
    params: z.object({ job_id: z.string() }),
    query: z.object({ limit: limit({ fallback: MOST_EVENTS, max: MOST_EVENTS }) }),
  },
  responses: {
    200: {
      description: "The job and its newest events, oldest first; null and none for an unknown id",
      content: {
        "application/json": {
          schema: z.object({
            job: z.union([JobSchema, z.null()]),
            events: z.array(EventSchema),
            cost: CostSchema,
          }),
        },
      },
    },
    422: errorResponse("A number that is none"),
  },
});

export function jobs({ store, prices }: AppDeps): OpenAPIHono {
  return new OpenAPIHono({ defaultHook: answerInvalid })
    .openapi(list, (c) => {
      const { limit, status, agent } = c.req.valid("query");
      if (status !== undefined && !isStatus(status)) return c.json([], 200);
      return c.json(listJobs(store, { limit, status, agent }), 200);
    })
    .openapi(find, (c) => {
      const job = findJob(store, c.req.valid("param").job_id);
      if (!job) return c.json({ job: null, events: [], cost: null }, 200);
      const { limit } = c.req.valid("query");
      const events = listJobEvents(store, job, { limit, newest: true });
      const cost = prices.pricer()?.(sumJobModels(store, job)) ?? null;
      return c.json({ job, events, cost }, 200);
    });
}

function isStatus(text: string): text is JobStatus {
  return JOB_STATUSES.some((status) => status === text);
}
