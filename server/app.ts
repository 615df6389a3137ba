/**
 * The HTTP surface: guards first, then every noun's routes, pages and files; what is left is not
 * there. Each path knows its methods, so another one is answered with 405.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import { assets } from "./assets.ts";
import { notFoundPage, pages } from "./pages/pages.tsx";
import { agents } from "./routes/agents.ts";
import type { AppDeps } from "./routes/deps.ts";
import { dispatch } from "./routes/dispatch.ts";
import { doctor } from "./routes/doctor.ts";
import { answerError } from "./routes/errors.ts";
import { events } from "./routes/events.ts";
import { exports } from "./routes/export.ts";
import { guardOrigin, secureHeaders } from "./routes/guards.ts";
import { health } from "./routes/health.ts";
import { jobs } from "./routes/jobs.ts";
import { refuseOtherMethods } from "./routes/methods.ts";
import { document } from "./routes/openapi.ts";
import { search } from "./routes/search.ts";
import { sockets } from "./routes/sockets.ts";
import { threads } from "./routes/threads.ts";
import { transcripts } from "./routes/transcript.ts";
import { usage } from "./routes/usage.ts";

export type { AppDeps } from "./routes/deps.ts";

/** The whole surface as one Hono app; `app.request()` tests it, `Deno.serve(app.fetch)` runs it. */
export function createApp(deps: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono();
  app.onError(answerError);
  app.use(secureHeaders, guardOrigin(deps.config));
  const nouns = [
    health,
    agents,
    jobs,
    events,
    threads,
    transcripts,
    search,
    exports,
    usage,
    doctor,
    dispatch,
  ];
  for (const noun of [...nouns, sockets]) app.route("/", noun(deps));
  document(app, deps.version);
  app.route("/", pages(deps));
  app.route("/", assets());
  refuseOtherMethods(app);
  app.notFound((c) => {
    if (!/^\/(api|ws|static)\//.test(c.req.path)) return notFoundPage(c, deps);
    const message = `Cannot find "${c.req.path}": there is nothing at this address`;
    return c.json({ code: "not_found", message, detail: message }, 404);
  });
  return app;
}
