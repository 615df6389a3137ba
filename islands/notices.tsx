/** Strips under the header: not connected, a newer server, a source that cannot do its work. */
import type { SourceHealth } from "../server/wire.ts";
import { StatusIcon } from "./icons.tsx";
import { retryNow } from "./live.ts";
import { agents, as_of_ts, connection, newer_version, sources } from "./state.ts";
import { Clock } from "./times.tsx";

export function Notices() {
  return (
    <div class="notices">
      <Offline />
      <Newer />
      {sources.value.filter(isStuck).map((source) => <Stuck key={source.source} source={source} />)}
    </div>
  );
}

/**
 * A source that failed, and tmux gone while agents are known. A file or a session that is not there
 * yet on a fresh machine is no news: the pages themselves say how to begin.
 */
function isStuck({ source, state, detail }: SourceHealth): boolean {
  if (state === "failed" || state === "stopped") return true;
  return state === "waiting" && source === "screens" && detail !== null && agents.value.length > 0;
}

const SOURCE_WORDS: Record<string, string> = {
  event_file: "The event file",
  screens: "The pane watcher",
};

function Stuck({ source: { source, state, detail } }: { source: SourceHealth }) {
  const name = SOURCE_WORDS[source] ?? source;
  const trouble = state === "failed" ? `${name} does not work.` : `${name} has stopped.`;
  return (
    <p class={`notice n-${state}`}>
      <StatusIcon status={state === "waiting" ? "info" : "error"} />
      <span>
        {state !== "waiting" && <b>{trouble}</b>} {detail}
      </span>
    </p>
  );
}

function Offline() {
  if (connection.value !== "offline") return null;
  return (
    <p class="notice n-offline">
      <StatusIcon status="warning" />
      <span>
        <b>Not connected.</b> This page shows what was true at <Clock ts={as_of_ts.value} />{" "}
        and keeps trying to reach the server.
      </span>
      <button type="button" class="button small" onClick={retryNow}>Try now</button>
    </p>
  );
}

function Newer() {
  if (newer_version.value === null) return null;
  return (
    <p class="notice">
      <StatusIcon status="info" />
      <span>
        The server now runs CodexDash {newer_version.value}. This page is of an earlier one.
      </span>
      <a class="button small" href="">Reload</a>
    </p>
  );
}
