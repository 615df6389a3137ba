/** The server itself: whether it runs or could, how its sources are, and the clock it lives by. */
import { existsSync, statSync } from "node:fs";
import { isLoopback } from "../config.ts";
import { errorText } from "../error.ts";
import { listEvents } from "../store/events.ts";
import type { Finding, SourceHealth } from "../wire.ts";
import { type Findings, ok, type Visit } from "./visit.ts";

/** Before this program was written. */
const EARLIEST_TS = Date.UTC(2026, 0, 1);
/** Files and events of another machine are a little ahead; more than this is a wrong clock. */
const CLOCK_TOLERANCE_MS = 60_000;

export function checkServer(visit: Visit): Findings {
  return {
    findings: [
      visit.server_url ? ok("server", "The server runs", visit.server_url) : checkPort(visit),
      ...checkHost(visit),
      ...(visit.sources ?? []).flatMap(checkSource),
      checkClock(visit),
    ],
  };
}

function checkPort({ config: { host, port } }: Visit): Finding {
  try {
    Deno.listen({ hostname: host, port }).close();
  } catch (error) {
    const is_taken = error instanceof Deno.errors.AddrInUse;
    return {
      id: is_taken ? "port_taken" : "port_refused",
      severity: "error",
      title: is_taken
        ? `Another program uses port ${port}`
        : `Cannot listen on "${host}", port ${port}`,
      detail: errorText(error),
      remedy: is_taken ? "codexdash serve --port 0" : "codexdash serve --host 127.0.0.1",
    };
  }
  return {
    id: "server_down",
    severity: "info",
    title: "The server does not run",
    detail: port === 0 ? "Any free port is used" : `Port ${port} is free`,
    remedy: "codexdash serve",
  };
}

function checkHost({ config: { host } }: Visit): Finding[] {
  if (isLoopback(host)) return [];
  return [{
    id: "host_exposed",
    severity: "warning",
    title: `Everybody who reaches "${host}" can type into your agents`,
    detail: "CodexDash has no login yet: leave it on this machine and reach it by an SSH tunnel",
    remedy: "codexdash serve --host 127.0.0.1",
  }];
}

function checkSource({ source, state, detail, bad_lines }: SourceHealth): Finding[] {
  const findings: Finding[] = [];
  if (state === "failed") {
    findings.push({
      id: "source_failed",
      severity: "error",
      title: `The source ${source} has failed: what happens there is not seen`,
      detail,
      remedy: "codexdash serve --log debug",
    });
  }
  if (bad_lines > 0) {
    findings.push({
      id: "bad_lines",
      severity: "warning",
      title: `${source}: ${bad_lines} lines could not be used`,
      detail: "Each is a bad_line event that says where and why; the others were read",
      remedy: "codexdash tail --since 0 --type bad_line",
    });
  }
  return findings;
}

function checkClock({ config, store, now }: Visit): Finding {
  const written = [
    EARLIEST_TS,
    existsSync(config.events) ? statSync(config.events).mtimeMs : 0,
    store ? listEvents(store, { limit: 1 })[0]?.ts ?? 0 : 0,
  ];
  const latest = Math.max(...written);
  if (latest <= now + CLOCK_TOLERANCE_MS) {
    return ok("clock", "The clock is plausible", new Date(now).toISOString());
  }
  return {
    id: "clock_behind",
    severity: "warning",
    title: "The clock is behind",
    detail: `It says ${new Date(now).toISOString()}, and something was written at ${
      new Date(latest).toISOString()
    }`,
    remedy: "sudo timedatectl set-ntp true",
  };
}
