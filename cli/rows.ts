/** Agents, jobs and tokens for the commands: from the server while it runs, else from the database. */
import type { Config } from "../server/config.ts";
import { listAgents } from "../server/store/agents.ts";
import { openStore, type Store } from "../server/store/db.ts";
import { listEvents, listJobEvents } from "../server/store/events.ts";
import { findJob, listJobs } from "../server/store/jobs.ts";
import { search, type SearchQuery } from "../server/store/search.ts";
import type { UsageQuery } from "../server/store/usage.ts";
import { sumJobModels } from "../server/store/usage_models.ts";
import { readUsage } from "../server/store/usage_report.ts";
import { Prices } from "../server/tokens/prices.ts";
import type {
  AgentRow,
  Cost,
  EventRow,
  JobRow,
  JobStatus,
  SearchResult,
  UsageReportRow,
} from "../server/wire.ts";
import { findServer, getJson } from "./server_link.ts";
import { dateAndClock } from "./times.ts";

export interface JobsQuery {
  limit: number;
  status: JobStatus | undefined;
  agent: string | undefined;
}

export interface JobWithEvents {
  job: JobRow | null;
  events: EventRow[];
  /** Null where there are no prices. */
  cost: Cost | null;
}

export interface Rows extends Disposable {
  agents(): Promise<AgentRow[]>;
  jobs(query: JobsQuery): Promise<JobRow[]>;
  job(id: string): Promise<JobWithEvents>;
  usage(query: UsageQuery): Promise<UsageReportRow[]>;
  search(query: SearchQuery): Promise<SearchResult[]>;
}

/** A job's newest events that a command shows. */
const MOST_EVENTS = 10_000;

/**
 * Opens whatever knows the rows, and says on stderr when that is not the server. Throws
 * `CodexdashError` "unavailable" when there is no database either.
 */
export async function openRows(config: Config): Promise<Rows> {
  const server = await findServer(config.dir);
  if (server) return serverRows(server.url);
  const store = openStore(config.db, { readonly: true });
  const newest = listEvents(store, { limit: 1 })[0];
  const known = newest ? `what it knew at ${dateAndClock(newest.ts)}` : "it knew nothing";
  console.error(`codexdash: the server does not run; ${known}`);
  return storeRows(store, new Prices(config.prices));
}

function serverRows(url: string): Rows {
  return {
    agents: () => getJson(url, "/api/agents"),
    jobs: ({ limit, status = "", agent = "" }) =>
      getJson(url, `/api/jobs?${new URLSearchParams({ limit: String(limit), status, agent })}`),
    job: (id) => getJson(url, `/api/jobs/${encodeURIComponent(id)}?limit=${MOST_EVENTS}`),
    usage: ({ by, from_ts, to_ts, zone, limit }) => {
      const range = { from: String(from_ts), to: String(to_ts), tz: zone };
      return getJson(
        url,
        `/api/usage?${new URLSearchParams({ by, ...range, limit: String(limit) })}`,
      );
    },
    search: ({ q, limit, agent = "", status = "", kind = "", from_ts = "", to_ts = "" }) => {
      const filters = { agent, status, kind, from: String(from_ts), to: String(to_ts) };
      const query = new URLSearchParams({ q, limit: String(limit), ...filters });
      return getJson(url, `/api/search?${query}`);
    },
    [Symbol.dispose]: () => {},
  };
}

function storeRows(store: Store, prices: Prices): Rows {
  return {
    agents: () => Promise.resolve(listAgents(store)),
    jobs: (query) => Promise.resolve(listJobs(store, query)),
    job: (id) => {
      const job = findJob(store, id) ?? null;
      const events = job ? listJobEvents(store, job, { limit: MOST_EVENTS, newest: true }) : [];
      const cost = job && (prices.pricer()?.(sumJobModels(store, job)) ?? null);
      return Promise.resolve({ job, events, cost });
    },
    usage: (query) => Promise.resolve(readUsage(store, query, prices.pricer())),
    search: (query) => search(store, query),
    [Symbol.dispose]: () => store.close(),
  };
}
