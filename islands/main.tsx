/** Starts the page in the browser: takes the state that the server embedded and goes live from there. */
import { hydrate } from "preact";
import { App } from "./app.tsx";
import { startKeys } from "./keys.ts";
import { startLive } from "./live.ts";
import type { PageState } from "./page_state.ts";
import { loadPage } from "./pages.ts";
import { hydrated, load } from "./state.ts";
import { startTitle } from "./title.ts";

const root = document.querySelector("#app");
const text = document.querySelector("#state")?.textContent;
if (root && text) {
  const state = JSON.parse(text) as PageState;
  const page = await loadPage(state.page);
  load(state);
  hydrate(<App page={page} />, root);
  hydrated.value = true;
  startTitle();
  startKeys();
  startLive();
}
