/** Every page by its address. */
import { type Context, Hono } from "hono";
import { errorBody } from "../error.ts";
import { log } from "../log.ts";
import { agentsState } from "./agents.ts";
import { doctorState } from "./doctor.ts";
import { jobState } from "./job.ts";
import { jobsState } from "./jobs.ts";
import { type PageDeps, respond, respondProblem } from "./page.tsx";
import { threadState } from "./thread.ts";
import { threadsState } from "./threads.ts";
import { towerState } from "./tower.ts";
import { transcriptResponse } from "./transcript.ts";

export type { PageDeps } from "./page.tsx";

export function pages(deps: PageDeps): Hono {
  return new Hono()
    .get("/", (c) => respond(c, towerState(deps)))
    .get("/jobs", (c) => respond(c, jobsState(deps, new URL(c.req.url).searchParams)))
    .get("/jobs/:id", (c) => {
      const state = jobState(deps, c.req.param("id"));
      return state
        ? respond(c, state)
        : notFound(c, deps, `No job has the id ${c.req.param("id")}`);
    })
    .get("/jobs/:id/transcript.txt", (c) =>
      transcriptResponse(deps, c.req.param("id")) ??
        notFound(c, deps, `No job has the id ${c.req.param("id")}`))
    .get("/threads", (c) => respond(c, threadsState(deps, new URL(c.req.url).searchParams)))
    .get("/threads/:id", (c) => {
      const state = threadState(deps, c.req.param("id"));
      return state
        ? respond(c, state)
        : notFound(c, deps, `No thread has the id ${c.req.param("id")}`);
    })
    .get("/agents", async (c) => respond(c, await agentsState(deps)))
    .get("/doctor", async (c) => respond(c, await doctorState(deps)))
    .onError((error, c) => {
      log.error("page failed", { path: c.req.path, cause: error });
      const { message } = errorBody(error);
      return respondProblem(c, deps, {
        status: 500,
        problem: { title: "This page could not be made", detail: message },
      });
    });
}

/** The answer to an address that is no page. */
export function notFoundPage(c: Context, deps: PageDeps): Promise<Response> {
  return notFound(c, deps, `There is nothing at ${c.req.path}`);
}

function notFound(c: Context, deps: PageDeps, detail: string): Promise<Response> {
  return respondProblem(c, deps, { status: 404, problem: { title: "Not found", detail } });
}
