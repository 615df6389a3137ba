/** `POST /api/dispatch`: hands a prompt over. It answers once the prompt is on its way. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { AppDeps } from "./deps.ts";
import { answerInvalid, errorResponse } from "./errors.ts";
import { guardBody } from "./guards.ts";
import { DispatchSchema } from "./schemas.ts";

const route = createRoute({
  method: "post",
  path: "/api/dispatch",
  summary: "Send a prompt to one or more agents",
  request: {
    body: { required: true, content: { "application/json": { schema: DispatchSchema } } },
  },
  responses: {
    200: {
      description: "It is on its way",
      content: {
        "application/json": {
          schema: z.object({
            ok: z.literal(true),
            pid: z.number().int().nullable(),
            job_id: z.string(),
          }),
        },
      },
    },
    403: errorResponse("The request comes from another site's page"),
    409: errorResponse("The agent cannot take a prompt now"),
    413: errorResponse("More than 2 MiB"),
    415: errorResponse("No JSON"),
    422: errorResponse("A body that does not fit"),
    503: errorResponse("Something that it needs is missing"),
  },
});

export function dispatch({ dispatch }: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono({ defaultHook: answerInvalid });
  app.use(route.path, ...guardBody);
  return app.openapi(route, async (c) => {
    const { pid, job_id } = await dispatch(c.req.valid("json"));
    return c.json({ ok: true as const, pid, job_id }, 200);
  });
}
