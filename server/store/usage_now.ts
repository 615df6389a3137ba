/** What pages show of tokens and limits at every moment: today's sums and the newest statements. */
import type { UsageNow } from "../wire.ts";
import type { Store } from "./db.ts";
import { listLimits } from "./limits.ts";
import { sumUsage } from "./usage.ts";

/** More agents than any screen shows. */
const MOST_AGENTS = 500;

/** Today is the server's: it begins at its local midnight. Reads some hundred rows. */
export function readUsageNow(store: Store, now = Date.now()): UsageNow {
  const since_ts = new Date(now).setHours(0, 0, 0, 0);
  const agents = sumUsage(store, {
    by: "agent",
    from_ts: since_ts,
    to_ts: Number.MAX_SAFE_INTEGER,
    zone: "UTC",
    limit: MOST_AGENTS,
  });
  return { since_ts, agents, limits: listLimits(store, now) };
}
