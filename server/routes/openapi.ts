/** `GET /api/openapi.json`: the document of all routes, made from the schemas that validate them. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";

const route = createRoute({
  method: "get",
  path: "/api/openapi.json",
  summary: "This document",
  responses: {
    200: {
      description: "OpenAPI 3.1",
      content: { "application/json": { schema: z.looseObject({ openapi: z.string() }) } },
    },
  },
});

/** Adds the document to `app`; it is made when first asked for. */
export function document(app: OpenAPIHono, version: string): void {
  let made: { openapi: string } | undefined;
  app.openapi(route, (c) => {
    made ??= app.getOpenAPI31Document({
      openapi: "3.1.0",
      info: {
        title: "CodexDash",
        version,
        description: "The control tower for Codex agents in tmux.",
      },
    });
    return c.json(made, 200);
  });
}
