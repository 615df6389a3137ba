/** The threads page's state, narrowed by `?agent=` and `?mapped=`, from `?before=` on. */
import { THREADS_LIMIT } from "../../islands/links.ts";
import type { PageState } from "../../islands/page_state.ts";
import { upTo } from "../../islands/thread_tree.ts";
import { listThreadTrees, parseThreadPlace } from "../store/threads.ts";
import { basicState, type PageDeps } from "./page.tsx";

/** Filters that mean nothing are as good as none: an old bookmark still shows threads. */
export function threadsState(deps: PageDeps, search: URLSearchParams): PageState {
  const agent = search.get("agent") || null;
  const mapped = search.get("mapped");
  const place = parseThreadPlace(search.get("before") ?? "");
  const query = {
    agent,
    mapped: mapped === "true" || mapped === "false" ? mapped === "true" : null,
    before: place ? search.get("before") : null,
  };
  const threads = listThreadTrees(deps.store, {
    limit: THREADS_LIMIT + 1,
    agent: agent ?? undefined,
    mapped: query.mapped ?? undefined,
    before: place,
  });
  return {
    ...basicState(deps, "threads"),
    thread_page: { query, ...upTo(threads, THREADS_LIMIT) },
  };
}
