/** `GET /api/usage` and `GET /api/limits`. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { listLimitHistory, listLimits } from "../store/limits.ts";
import { isTimeZone } from "../store/time_zone.ts";
import { USAGE_GROUPS } from "../store/usage.ts";
import { readUsage } from "../store/usage_report.ts";
import { LimitSchema, UsageSchema } from "./codex_schemas.ts";
import type { AppDeps } from "./deps.ts";
import { answerInvalid, errorResponse } from "./errors.ts";
import { limit, wholeNumber } from "./params.ts";

const moment = (description: string) =>
  wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER, description });

const usageRoute = createRoute({
  method: "get",
  path: "/api/usage",
  summary: "Exact tokens, summed over single model responses; beside them estimates and costs",
  request: {
    query: z.object({
      by: z.enum(USAGE_GROUPS).default("agent"),
      from: moment("only responses of this ts or later"),
      to: moment("only responses before this ts"),
      tz: z.string().default("UTC").transform((zone) => zone || "UTC").refine(isTimeZone, {
        message: 'must be an IANA time zone like "Europe/Vienna"',
      }).openapi({ type: "string", description: "the time zone of days and hours" }),
      limit: limit({ fallback: 200, max: 5_000 }),
    }),
  },
  responses: {
    200: {
      description:
        "The largest sum first, days and hours in order; a key is null where it is not " +
        "known. by=total is one row, or none where there is no use",
      content: { "application/json": { schema: z.array(UsageSchema) } },
    },
    422: errorResponse("An unknown group or time zone, or a number that is none"),
  },
});

const limitsRoute = createRoute({
  method: "get",
  path: "/api/limits",
  summary: "The plan's limits as last stated; with history=1 every change of them",
  request: {
    query: z.object({
      history: z.enum(["", "0", "1"]).optional().openapi({
        description: "1: changes, oldest first",
      }),
      from: moment("only what was stated at this ts or later"),
      to: moment("only what was stated before this ts"),
      limit: limit({ fallback: 1_000, max: 10_000 }),
    }),
  },
  responses: {
    200: {
      description: "Limits",
      content: { "application/json": { schema: z.array(LimitSchema) } },
    },
    422: errorResponse("A number that is none"),
  },
});

export function usage({ store, prices }: AppDeps): OpenAPIHono {
  return new OpenAPIHono({ defaultHook: answerInvalid })
    .openapi(usageRoute, (c) => {
      const { by, tz, limit, from = 0, to = Number.MAX_SAFE_INTEGER } = c.req.valid("query");
      const query = { by, from_ts: from, to_ts: to, zone: tz, limit };
      return c.json(readUsage(store, query, prices.pricer()), 200);
    })
    .openapi(limitsRoute, (c) => {
      const { history, limit, from = 0, to = Number.MAX_SAFE_INTEGER } = c.req.valid("query");
      const now = Date.now();
      const limits = history === "1"
        ? listLimitHistory(store, { from_ts: from, to_ts: to, limit, now })
        : listLimits(store, now);
      return c.json(limits, 200);
    });
}
