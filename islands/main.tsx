/** Starts the page in the browser: takes the state that the server embedded and goes live from there. */
import { hydrate } from "preact";
import { App } from "./app.tsx";
import { startKeys } from "./keys.ts";
import { startLive } from "./live.ts";
import type { PageState } from "./page_state.ts";
import { hydrated, load } from "./state.ts";
import { startTitle } from "./title.ts";

const root = document.querySelector("#app");
const state = document.querySelector("#state")?.textContent;
if (root && state) {
  load(JSON.parse(state) as PageState);
  hydrate(<App />, root);
  hydrated.value = true;
  startTitle();
  startKeys();
  startLive();
}
