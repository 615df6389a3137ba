/** The doctor page's state: a report made for this request. */
import type { PageState } from "../../islands/page_state.ts";
import { basicState, type PageDeps } from "./page.tsx";

export async function doctorState(deps: PageDeps): Promise<PageState> {
  const doctor = await deps.doctor();
  return { ...basicState(deps, "doctor"), doctor };
}
