/**
 * One HTML response: the islands rendered with the page's state, and that state as JSON for the
 * browser to go on from. Nothing inline runs: the page works under `script-src 'self'`.
 */
import type { Context } from "hono";
import { renderToString } from "preact-render-to-string";
import { App } from "../../islands/app.tsx";
import type { PageState, Problem } from "../../islands/page_state.ts";
import { loadPage } from "../../islands/pages.ts";
import { load } from "../../islands/state.ts";
import { pageIcon, pageTitle } from "../../islands/title.ts";
import type { Hub } from "../hub.ts";
import { listAgents } from "../store/agents.ts";
import type { Store } from "../store/db.ts";
import type { Prices } from "../tokens/prices.ts";
import { lastSeq } from "../store/events.ts";
import type { DoctorReport } from "../wire.ts";

const STYLES = [
  "app",
  "frame",
  "terminal",
  "tower",
  "cards",
  "composer",
  "jobs",
  "agents",
  "transcript",
  "transcript_text",
  "threads",
  "export",
];

/** What pages need from the rest of the program. */
export interface PageDeps {
  store: Store;
  hub: Hub;
  prices: Prices;
  version: string;
  doctor(): Promise<DoctorReport>;
}

/** What every page says, and nothing more: pages add what they show. */
export function basicState(deps: PageDeps, page: PageState["page"]): PageState {
  return {
    page,
    server_version: deps.version,
    snapshot: {
      seq: lastSeq(deps.store),
      ts: Date.now(),
      agents: listAgents(deps.store),
      jobs: [],
      screens: [],
      controller: [],
      sources: deps.hub.sources(),
      usage: deps.hub.usage(),
    },
    done_today: null,
    jobs_query: null,
    job_detail: null,
    job_work: null,
    thread_page: null,
    thread_detail: null,
    transcripts: [],
    doctor: null,
    problem: null,
  };
}

/** Renders in one go: the islands' signals belong to this page from `load` until the text is made. */
export async function respond(
  c: Context,
  state: PageState,
  status: 200 | 404 | 500 = 200,
): Promise<Response> {
  const page = await loadPage(state.page);
  load(state);
  const html = "<!doctype html>" + renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{pageTitle()}</title>
        <link rel="icon" type="image/svg+xml" href={pageIcon()} />
        <link rel="manifest" href="/static/manifest.webmanifest" />
        {STYLES.map((name) => <link key={name} rel="stylesheet" href={`/static/${name}.css`} />)}
        <script type="module" src="/static/dist/main.js" />
      </head>
      <body>
        <div id="app">
          <App page={page} />
        </div>
        <script
          type="application/json"
          id="state"
          // deno-lint-ignore react-no-danger
          dangerouslySetInnerHTML={{ __html: embed(state) }}
        />
      </body>
    </html>,
  );
  return c.html(html, status, { "cache-control": "no-store" });
}

/** JSON that cannot end its script element: untrusted text may hold `</script>` or `<!--`. */
function embed(state: PageState): string {
  return JSON.stringify(state).replaceAll("<", "\\u003c");
}

/** A page that says what went wrong. */
export function respondProblem(
  c: Context,
  deps: PageDeps,
  options: { status: 404 | 500; problem: Problem },
): Promise<Response> {
  const state = { ...basicState(deps, "problem"), problem: options.problem };
  return respond(c, state, options.status);
}
