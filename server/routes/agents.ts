/** `GET /api/agents`. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { listAgents } from "../store/agents.ts";
import type { AppDeps } from "./deps.ts";
import { AgentSchema } from "./schemas.ts";

const route = createRoute({
  method: "get",
  path: "/api/agents",
  summary: "All agents by name",
  responses: {
    200: {
      description: "Agents and what they do",
      content: { "application/json": { schema: z.array(AgentSchema) } },
    },
  },
});

export function agents({ store }: AppDeps): OpenAPIHono {
  return new OpenAPIHono().openapi(route, (c) => c.json(listAgents(store), 200));
}
