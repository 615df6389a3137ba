/** Codex's threads, newest activity first, with their sub-agents; narrowed by the address. */
import { useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { ThreadListRow } from "../server/wire.ts";
import { fetchThreads } from "./api.ts";
import { coalesce } from "./coalesce.ts";
import { onThreadNews, thread_page } from "./codex_state.ts";
import { THREADS_LIMIT, threadsPath } from "./links.ts";
import type { ThreadsQuery } from "./page_state.ts";
import { agents } from "./state.ts";
import { ThreadTrees } from "./thread_list.tsx";
import { threadTrees, upTo } from "./thread_tree.ts";

/** Any thread's news may change the order: the list is asked for again, at most so often. */
const NEWS_PAUSE_MS = 1_500;

const ALL: ThreadsQuery = { agent: null, mapped: null, before: null };

export function Threads() {
  const page = thread_page.value;
  const trees = useComputed(() => threadTrees(thread_page.value?.threads ?? []));
  useEffect(() => {
    const ask = coalesce(async () => {
      const query = thread_page.peek()?.query ?? ALL;
      const rows = await fetchThreads({ ...query, limit: THREADS_LIMIT + 1 }).catch(() => null);
      if (rows) thread_page.value = { query, ...upTo(rows, THREADS_LIMIT) };
    }, NEWS_PAUSE_MS);
    return onThreadNews(ask);
  }, []);
  if (!page) return null;
  return (
    <div class="page">
      <h1>Threads</h1>
      <Filters query={page.query} />
      {trees.value.length > 0
        ? (
          <div class="card">
            <ThreadTrees nodes={trees.value} label="Threads" />
          </div>
        )
        : <NoThreads query={page.query} />}
      <Pages query={page.query} last={trees.value.at(-1)?.thread} />
    </div>
  );
}

function Filters({ query }: { query: ThreadsQuery }) {
  const names = new Set(agents.value.map((row) => row.agent));
  if (query.agent !== null) names.add(query.agent);
  return (
    <nav class="segments" aria-label="Agent">
      <FilterLink to={ALL} is_on={query.agent === null && query.mapped === null}>All</FilterLink>
      {[...names].sort().map((agent) => (
        <FilterLink key={agent} to={{ ...ALL, agent }} is_on={query.agent === agent}>
          <bdi>{agent}</bdi>
        </FilterLink>
      ))}
      <FilterLink to={{ ...ALL, mapped: false }} is_on={query.mapped === false}>
        Not mapped to a pane
      </FilterLink>
    </nav>
  );
}

function FilterLink(
  { to, is_on, children }: { to: ThreadsQuery; is_on: boolean; children: ComponentChildren },
) {
  return <a href={threadsPath(to)} aria-current={is_on ? "true" : undefined}>{children}</a>;
}

function NoThreads({ query }: { query: ThreadsQuery }) {
  const is_filtered = threadsPath(query) !== "/threads";
  return (
    <div class="card nothing">
      <p>{is_filtered ? "No thread matches these filters." : "No threads yet."}</p>
      {is_filtered ? <a class="button" href="/threads">Show all threads</a> : (
        <p class="hint">
          A thread appears here with its first prompt, as Codex writes its session file.
        </p>
      )}
    </div>
  );
}

/** Pages go by the last row's time, so that new threads shift nothing. */
function Pages({ query, last }: { query: ThreadsQuery; last: ThreadListRow | undefined }) {
  const has_more = thread_page.value?.has_more && last;
  if (!has_more && query.before === null) return null;
  return (
    <nav class="more pages" aria-label="More threads">
      {query.before !== null && (
        <a class="button" href={threadsPath({ ...query, before: null })}>Newest threads</a>
      )}
      {has_more && (
        <a
          class="button"
          href={threadsPath({ ...query, before: `${last.updated_ts}:${last.thread_id}` })}
        >
          Earlier threads
        </a>
      )}
    </nav>
  );
}
