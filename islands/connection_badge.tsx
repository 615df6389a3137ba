/** Says whether what is shown is live, being caught up, or old. */
import { computed } from "@preact/signals";
import { formatBytes } from "./format.ts";
import { connection, sources } from "./state.ts";

export type Freshness = "live" | "catching_up" | "offline";

/** Sources that are still reading what already existed. */
const behind = computed(() =>
  sources.value.filter(({ state }) => state === "starting" || state === "catching_up")
);

export const freshness = computed<Freshness>(() => {
  if (connection.value === "offline") return "offline";
  return connection.value === "live" && behind.value.length === 0 ? "live" : "catching_up";
});

const WORDS: Record<Freshness, string> = {
  live: "Live",
  catching_up: "Catching up",
  offline: "Offline",
};

export function ConnectionBadge() {
  const lag = behind.value.reduce((sum, { lag_bytes }) => sum + (lag_bytes ?? 0), 0);
  return (
    <div class={`connection c-${freshness.value}`} role="status" aria-live="polite">
      <span class="dot" aria-hidden="true" />
      {WORDS[freshness.value]}
      {freshness.value === "catching_up" && lag > 0 && <span>{formatBytes(lag)} to read</span>}
      <noscript>Needs JavaScript</noscript>
    </div>
  );
}
