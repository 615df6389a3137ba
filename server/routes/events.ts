/** `GET /api/events`. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { listEvents } from "../store/events.ts";
import type { AppDeps } from "./deps.ts";
import { answerInvalid, errorResponse } from "./errors.ts";
import { limit, wholeNumber } from "./params.ts";
import { EventSchema } from "./schemas.ts";

const route = createRoute({
  method: "get",
  path: "/api/events",
  summary: "Events, newest first",
  request: {
    query: z.object({
      since: wholeNumber({
        min: Number.MIN_SAFE_INTEGER,
        max: Number.MAX_SAFE_INTEGER,
        description: "only events of this ts or later",
      }),
      limit: limit({ fallback: 200, max: 5_000 }),
    }),
  },
  responses: {
    200: {
      description: "Events",
      content: { "application/json": { schema: z.array(EventSchema) } },
    },
    422: errorResponse("A number that is none"),
  },
});

export function events({ store }: AppDeps): OpenAPIHono {
  return new OpenAPIHono({ defaultHook: answerInvalid }).openapi(route, (c) => {
    const { since, limit } = c.req.valid("query");
    return c.json(listEvents(store, { since_ts: since, limit }), 200);
  });
}
