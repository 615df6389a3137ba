/** `GET /api/health`: whether the server does its work, not only whether it answers. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { lastSeq } from "../store/events.ts";
import { PROTOCOL_VERSION } from "../wire.ts";
import type { AppDeps } from "./deps.ts";
import { SourceSchema } from "./schemas.ts";

const HealthSchema = z.object({
  ok: z.boolean().openapi({ description: "false while a source has failed" }),
  ts: z.number().int(),
  version: z.string(),
  protocol_version: z.number().int(),
  started_ts: z.number().int(),
  seq: z.number().int().openapi({ description: "the newest event's number" }),
  sources: z.array(SourceSchema),
}).openapi("Health");

const route = createRoute({
  method: "get",
  path: "/api/health",
  summary: "How the server is",
  responses: {
    200: { description: "It answers", content: { "application/json": { schema: HealthSchema } } },
  },
});

export function health({ store, hub, version, started_ts }: AppDeps): OpenAPIHono {
  return new OpenAPIHono().openapi(route, (c) => {
    const sources = hub.sources();
    return c.json({
      ok: sources.every(({ state }) => state !== "failed"),
      ts: Date.now(),
      version,
      protocol_version: PROTOCOL_VERSION,
      started_ts,
      seq: lastSeq(store),
      sources,
    }, 200);
  });
}
