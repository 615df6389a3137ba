/**
 * The page's time: the server's clock, told once a second and only while something that shows an
 * age is on the page.
 */
import { signal } from "@preact/signals";

const in_browser = typeof document !== "undefined";

let skew_ms = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** Milliseconds since the epoch by the server's clock. */
export const now = signal(0, {
  watched() {
    if (in_browser) timer ??= setInterval(() => now.value = serverNow(), 1_000);
  },
  unwatched() {
    clearInterval(timer);
    timer = undefined;
  },
});

/** Milliseconds by the server's clock at this instant, also while nobody watches `now`. */
export function serverNow(): number {
  return Date.now() + skew_ms;
}

/** Takes the server's time as of now: a phone's clock that is minutes off must not show wrong ages. */
export function setClock(server_ts: number): void {
  skew_ms = in_browser ? server_ts - Date.now() : 0;
  now.value = server_ts;
}
