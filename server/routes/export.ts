/** `GET /api/export`. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { errorText } from "../error.ts";
import { EXPORT_FORMATS, EXPORT_TYPES, exportName, exportText } from "../export/export.ts";
import { readExportScope } from "../export/scope.ts";
import { log } from "../log.ts";
import type { AppDeps } from "./deps.ts";
import { answerInvalid, errorResponse } from "./errors.ts";
import { filter, oneOf, wholeNumber } from "./params.ts";

const moment = (description: string) =>
  wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER, description });

const route = createRoute({
  method: "get",
  path: "/api/export",
  summary: "A job, or all that an agent did, or all of a time, as a file",
  description:
    "Give job, or agent, from and to in any combination. Jobs and the turns that no job " +
    "asked for, in the order of their start; each with its transcript, its sub-agents' inside of it.",
  request: {
    query: z.object({
      job: filter("this job, by its id or its marker"),
      agent: filter("what this agent did"),
      from: moment("what started at this ts or later"),
      to: moment("what started before this ts"),
      format: oneOf(EXPORT_FORMATS, "Markdown, the default; JSON; plain text"),
    }),
  },
  responses: {
    200: {
      description: "The file, as it is made",
      content: {
        "text/markdown": { schema: z.string() },
        "text/plain": { schema: z.string() },
        "application/json": {
          schema: z.looseObject({
            codexdash: z.string().openapi({ description: "the version that made it" }),
            exported_ts: z.number().int(),
            entries: z.array(z.looseObject({})).openapi({
              description:
                "{job, thread, turns, items, output}; rows are those of the API, job is " +
                'null where no job asked for a turn; among items {item: "thread", thread, turns, ' +
                "items} is a sub-agent's own transcript",
            }),
          }),
        },
      },
    },
    404: errorResponse("No such job or agent"),
    422: errorResponse("Nothing, or a job and something else, was asked for"),
  },
});

export function exports({ store, version }: AppDeps): OpenAPIHono {
  return new OpenAPIHono({ defaultHook: answerInvalid }).openapi(route, (c) => {
    const { format = "md", job: job_id, agent, from: from_ts, to: to_ts } = c.req.valid("query");
    const scope = readExportScope(store, { job_id, agent, from_ts, to_ts });
    return new Response(stream(exportText(store, { scope, format, version })), {
      headers: {
        "content-type": EXPORT_TYPES[format],
        "content-disposition": `attachment; filename="${exportName(scope, format)}"`,
        "cache-control": "no-store",
      },
    });
  });
}

/** Makes a piece when the reader has taken the last one; others get their turn before each. */
function stream(pieces: Generator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let has_reader = true;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((done) => setTimeout(done, 0));
      if (!has_reader) return;
      try {
        const { value, done } = pieces.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (error) {
        log.error("export failed", { cause: errorText(error) });
        controller.error(error);
      }
    },
    cancel() {
      has_reader = false;
      pieces.return(undefined);
    },
  }, { highWaterMark: 1 });
}
