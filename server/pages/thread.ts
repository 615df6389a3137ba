/** One thread's state: what it is and its turns. Undefined for an unknown id. */
import { SHOWN_TURNS } from "../../islands/links.ts";
import type { PageState } from "../../islands/page_state.ts";
import { readThreadDetail } from "../store/codex_work.ts";
import { findThread } from "../store/threads.ts";
import { basicState, type PageDeps } from "./page.tsx";

export function threadState(deps: PageDeps, thread_id: string): PageState | undefined {
  const thread = findThread(deps.store, thread_id);
  return thread && {
    ...basicState(deps, "thread"),
    thread_detail: readThreadDetail(deps.store, thread, { turns: SHOWN_TURNS }),
  };
}
