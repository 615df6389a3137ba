/** `GET /api/search`. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { search as findTexts } from "../store/search.ts";
import { JOB_STATUSES, SEARCH_KINDS } from "../wire.ts";
import { SearchResultSchema } from "./codex_schemas.ts";
import type { AppDeps } from "./deps.ts";
import { answerInvalid, errorResponse } from "./errors.ts";
import { filter, limit, oneOf, wholeNumber } from "./params.ts";

const whole = (description: string) =>
  wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER, description });

const route = createRoute({
  method: "get",
  path: "/api/search",
  summary: "Prompts, transcripts and commands that hold these words, newest first",
  description: "Every word must be there; the last one may be the start of a longer one. " +
    '"Several words" in quotes stand side by side, OR joins its neighbours, -word must not be ' +
    "there, word* is the start of a word. Case and accents do not matter. A path or an identifier " +
    "is found as it is written. Everything else is text.",
  request: {
    query: z.object({
      q: z.string().default("").openapi({ description: "what to search for" }),
      agent: filter("only what this agent did"),
      status: oneOf(JOB_STATUSES, "only what belongs to a job that is in this status now"),
      kind: oneOf(SEARCH_KINDS, "only texts of this kind"),
      from: whole("only texts of this ts or later"),
      to: whole("only texts before this ts"),
      limit: limit({ fallback: 20, max: 100 }),
      before: whole("only texts before the one with this id: the last of the page before"),
    }),
  },
  responses: {
    200: {
      description: "What was found; matches are marked in snippet",
      content: { "application/json": { schema: z.array(SearchResultSchema) } },
    },
    422: errorResponse("bad_query: nothing can be found by q; the message says what to change"),
  },
});

export function search({ store }: AppDeps): OpenAPIHono {
  return new OpenAPIHono({ defaultHook: answerInvalid }).openapi(route, async (c) => {
    const { from: from_ts, to: to_ts, ...query } = c.req.valid("query");
    return c.json(await findTexts(store, { ...query, from_ts, to_ts }), 200);
  });
}
