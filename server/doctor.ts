/**
 * The health report: every check at once, each bounded in time, none able to stop another. The same
 * report is the command's, the API's and the page's.
 */
import type { Config } from "./config.ts";
import { checkCodexConfig } from "./doctor/codex_config_check.ts";
import { checkPrices } from "./doctor/prices_check.ts";
import { checkPrograms } from "./doctor/programs_check.ts";
import { checkRollouts } from "./doctor/rollouts_check.ts";
import { checkServer } from "./doctor/server_check.ts";
import { checkStorage } from "./doctor/storage_check.ts";
import { checkTmux } from "./doctor/tmux_check.ts";
import type { Check, Findings, Visit } from "./doctor/visit.ts";
import { CodexdashError } from "./error.ts";
import { log } from "./log.ts";
import { readRunFile } from "./run_file.ts";
import type { Hub } from "./hub.ts";
import type { Store } from "./store/db.ts";
import type { DoctorReport } from "./wire.ts";

/** A tmux server that hangs must not hang the page that would say so. */
const CHECK_TIMEOUT_MS = 5_000;

/** A page that is reloaded again and again must not start programs each time. */
const KEPT_MS = 3_000;

const CHECKS: Record<string, Check> = {
  tmux: checkTmux,
  programs: checkPrograms,
  codex_config: checkCodexConfig,
  rollouts: checkRollouts,
  prices: checkPrices,
  storage: checkStorage,
  server: checkServer,
};

/** Looks at everything now. Never throws: a check that fails is a finding. */
export async function examine(visit: Visit): Promise<DoctorReport> {
  const all = await Promise.all(
    Object.entries(CHECKS).map(([name, check]) => bounded(name, () => check(visit))),
  );
  return {
    agents: Object.assign({}, ...all.map(({ agents }) => agents)),
    findings: all.flatMap(({ findings }) => findings),
    ts: visit.now,
  };
}

async function bounded(name: string, check: () => Findings | Promise<Findings>): Promise<Findings> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Findings>((_, reject) => {
    const error = new CodexdashError(
      "unavailable",
      `There was no answer within ${CHECK_TIMEOUT_MS / 1_000} seconds`,
    );
    timer = setTimeout(() => reject(error), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([(async () => await check())(), late]);
  } catch (error) {
    const is_known = error instanceof CodexdashError;
    if (!is_known) log.error("check failed", { check: name, cause: error });
    return {
      findings: [{
        id: `${name}_unchecked`,
        severity: "warning",
        title: `Cannot check ${name}`,
        detail: is_known ? error.message : "The cause is in the log",
        remedy: null,
      }],
    };
  } finally {
    clearTimeout(timer);
  }
}

/** The running server's doctor: requests at the same time, or shortly after, share a report. */
export function createDoctor(
  { config, store, hub }: { config: Config; store: Store; hub: Hub },
): () => Promise<DoctorReport> {
  let report: Promise<DoctorReport> | undefined;
  let made = -Infinity;
  return () => {
    if (report && performance.now() - made < KEPT_MS) return report;
    made = Infinity;
    const server_url = readRunFile(config.dir)?.url ?? `http://${config.host}:${config.port}`;
    report = examine({ config, store, sources: hub.sources(), server_url, now: Date.now() })
      .finally(() => made = performance.now());
    return report;
  };
}
