/** `GET /api/threads`, `GET /api/threads/{thread_id}` and its transcript. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { CodexdashError } from "../error.ts";
import { readThreadDetail } from "../store/codex_work.ts";
import type { Store } from "../store/db.ts";
import { findThread, listThreads, listThreadTrees, parseThreadPlace } from "../store/threads.ts";
import { listThreadItems } from "../store/transcript.ts";
import type { ThreadRow } from "../wire.ts";
import { ItemSchema, ThreadDetailSchema, ThreadListSchema } from "./codex_schemas.ts";
import type { AppDeps } from "./deps.ts";
import { answerInvalid, errorResponse } from "./errors.ts";
import { filter, flag, limit } from "./params.ts";
import { itemRange, MOST_ITEMS } from "./transcript.ts";

/** Turns of one answer: at 1 KB each a megabyte. */
const MOST_TURNS = 1_000;

const before = z.string().optional()
  .refine((text) => !text || parseThreadPlace(text), "must be updated_ts:thread_id")
  .transform((text) => parseThreadPlace(text ?? ""))
  .openapi({
    type: "string",
    description: "only what follows this row: updated_ts and thread_id of the last one, by a colon",
  });

const list = createRoute({
  method: "get",
  path: "/api/threads",
  summary: "Codex's threads, newest updated_ts first; agent is null where it is not known",
  request: {
    query: z.object({
      limit: limit({ fallback: 50, max: 1_000 }),
      before,
      agent: filter("only threads of this agent"),
      mapped: flag("only threads whose pane is known, or with false only the others"),
      roots: flag("with true only threads that are no sub-agent's"),
      sub_agents: flag("with true only roots, and after them all the sub-agents below them"),
    }),
  },
  responses: {
    200: {
      description: "Threads",
      content: { "application/json": { schema: z.array(ThreadListSchema) } },
    },
    422: errorResponse("A number that is none"),
  },
});

const find = createRoute({
  method: "get",
  path: "/api/threads/{thread_id}",
  summary: "One thread: its turns, sub-agents and forks, the newest part of its transcript",
  request: {
    params: z.object({ thread_id: z.string() }),
    query: z.object({
      limit: limit({ fallback: 500, max: MOST_ITEMS }),
      turns: limit({ fallback: MOST_TURNS, max: MOST_TURNS }),
    }),
  },
  responses: {
    200: {
      description: "The thread; sub_agents are those at any depth, parent_thread_id makes the tree",
      content: {
        "application/json": {
          schema: z.object({ ...ThreadDetailSchema.shape, items: z.array(ItemSchema) }),
        },
      },
    },
    404: errorResponse("No such thread"),
    422: errorResponse("A number that is none"),
  },
});

const transcript = createRoute({
  method: "get",
  path: "/api/threads/{thread_id}/transcript",
  summary: "Items of a thread, oldest first; a sub-agent's are under its own child_thread_id",
  request: { params: z.object({ thread_id: z.string() }), query: itemRange },
  responses: {
    200: {
      description: "Items",
      content: { "application/json": { schema: z.array(ItemSchema) } },
    },
    404: errorResponse("No such thread"),
    422: errorResponse("A number that is none"),
  },
});

export function threads({ store }: AppDeps): OpenAPIHono {
  return new OpenAPIHono({ defaultHook: answerInvalid })
    .openapi(list, (c) => {
      const { sub_agents, ...query } = c.req.valid("query");
      const read = sub_agents ? listThreadTrees : listThreads;
      return c.json(read(store, query), 200);
    })
    .openapi(find, (c) => {
      const thread = getThread(store, c.req.valid("param").thread_id);
      const { limit, turns } = c.req.valid("query");
      const items = listThreadItems(store, thread.thread_id, { limit });
      return c.json({ ...readThreadDetail(store, thread, { turns }), items }, 200);
    })
    .openapi(transcript, (c) => {
      const { thread_id } = getThread(store, c.req.valid("param").thread_id);
      return c.json(listThreadItems(store, thread_id, c.req.valid("query")), 200);
    });
}

function getThread(store: Store, thread_id: string): ThreadRow {
  const thread = findThread(store, thread_id);
  if (thread) return thread;
  throw new CodexdashError("not_found", `Cannot find thread "${thread_id}": see /api/threads`);
}
