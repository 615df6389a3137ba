/** `GET /api/doctor`. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import type { AppDeps } from "./deps.ts";
import { DoctorSchema } from "./schemas.ts";

const route = createRoute({
  method: "get",
  path: "/api/doctor",
  summary: "Everything that was checked, and how to mend what is wrong",
  responses: {
    200: {
      description: "The report",
      content: { "application/json": { schema: DoctorSchema } },
    },
  },
});

export function doctor({ doctor }: AppDeps): OpenAPIHono {
  return new OpenAPIHono().openapi(route, async (c) => c.json(await doctor(), 200));
}
