/** `GET /api/usage` and `GET /api/limits`. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { listLimits, sumUsage, USAGE_GROUPS } from "../store/usage.ts";
import { LimitSchema, UsageSchema } from "./codex_schemas.ts";
import type { AppDeps } from "./deps.ts";
import { answerInvalid, errorResponse } from "./errors.ts";
import { limit, wholeNumber } from "./params.ts";

const moment = (description: string) =>
  wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER, description });

const usageRoute = createRoute({
  method: "get",
  path: "/api/usage",
  summary: "Exact tokens, summed over single model responses",
  request: {
    query: z.object({
      by: z.enum(USAGE_GROUPS).default("agent"),
      from: moment("only responses of this ts or later"),
      to: moment("only responses before this ts"),
      limit: limit({ fallback: 200, max: 5_000 }),
    }),
  },
  responses: {
    200: {
      description: "The largest sum first, days in order; a key is null where it is not known",
      content: { "application/json": { schema: z.array(UsageSchema) } },
    },
    422: errorResponse("An unknown group, or a number that is none"),
  },
});

const limitsRoute = createRoute({
  method: "get",
  path: "/api/limits",
  summary: "The plan's limits as last stated",
  responses: {
    200: {
      description: "Limits",
      content: { "application/json": { schema: z.array(LimitSchema) } },
    },
  },
});

export function usage({ store }: AppDeps): OpenAPIHono {
  return new OpenAPIHono({ defaultHook: answerInvalid })
    .openapi(usageRoute, (c) => {
      const { by, from = 0, to = Number.MAX_SAFE_INTEGER, limit } = c.req.valid("query");
      return c.json(sumUsage(store, { by, from_ts: from, to_ts: to, limit }), 200);
    })
    .openapi(limitsRoute, (c) => c.json(listLimits(store), 200));
}
