/** The plan's limits as last stated: how much is used, when it is reset, how old the statement is. */
import type { LimitRow } from "../server/wire.ts";
import { Bar } from "./bar.tsx";
import { now } from "./clock.ts";
import { formatLeft, formatPercent } from "./format.ts";
import { StatusIcon } from "./icons.tsx";
import { usage } from "./state.ts";
import { Age, Moment } from "./times.tsx";

export function Limits() {
  const { limits } = usage.value;
  if (limits.length === 0) return null;
  const are_several = new Set(limits.map(({ limit_id, plan_type }) => `${limit_id} ${plan_type}`));
  return (
    <section class="limits" aria-label="Plan limits">
      {limits.map((limit) => (
        <Limit
          key={`${limit.limit_id} ${limit.span} ${limit.plan_type}`}
          limit={limit}
          of={are_several.size > 1 ? ownerOf(limit) : null}
        />
      ))}
    </section>
  );
}

function Limit({ limit, of }: { limit: LimitRow; of: string | null }) {
  const { used_percent, stated_ts } = limit;
  const ends_ts = endOf(limit);
  if (ends_ts !== null && ends_ts <= now.value) {
    return (
      <p class="limit over">
        <LimitName limit={limit} of={of} />
        <Bar percent={0} />
        <span>
          was reset at <Moment ts={ends_ts} />, not stated since
        </span>
      </p>
    );
  }
  const status = used_percent >= 100 ? "error" : used_percent >= NEARLY ? "warning" : null;
  return (
    <p class={status ? `limit s-${status}` : "limit"}>
      <LimitName limit={limit} of={of} />
      <Bar percent={used_percent} />
      <b>
        {status && <StatusIcon status={status} />}
        {used_percent >= 100 ? "Used up" : `${formatPercent(used_percent)} used`}
      </b>
      <span>
        {ends_ts !== null && `resets in ${formatLeft(ends_ts - now.value)}, `}stated{" "}
        <Age ts={stated_ts} />
      </span>
    </p>
  );
}

/** From here on a person should know without looking. */
const NEARLY = 80;

/** When its window is over at the latest; null when that is not known. */
function endOf({ resets_ts, stated_ts, window_minutes }: LimitRow): number | null {
  if (resets_ts !== null) return resets_ts;
  return window_minutes === null ? null : stated_ts + window_minutes * 60_000;
}

function LimitName({ limit, of }: { limit: LimitRow; of: string | null }) {
  return (
    <span class="limit-name">
      {windowWords(limit)}
      {of !== null && (
        <>
          {" "}
          <bdi>{of}</bdi>
        </>
      )}
    </span>
  );
}

/** `5 h limit`, `Weekly limit`: the windows that plans have. */
function windowWords({ window_minutes, span }: LimitRow): string {
  if (window_minutes === null) return span === "primary" ? "Limit" : "Second limit";
  if (window_minutes === 7 * 24 * 60) return "Weekly limit";
  if (window_minutes % (24 * 60) === 0) return `${window_minutes / (24 * 60)} d limit`;
  if (window_minutes % 60 === 0) return `${window_minutes / 60} h limit`;
  return `${window_minutes} min limit`;
}

function ownerOf({ limit_id, limit_name, plan_type }: LimitRow): string {
  return [limit_name ?? limit_id, plan_type].filter((word) => word !== null).join(", ");
}
