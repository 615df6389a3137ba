/** Codex's session files: how many are followed, and which are left out and why. */
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { errorText } from "../error.ts";
import {
  allHomes,
  CAN_READ_ZSTD,
  listSessionFiles,
  SESSION_FOLDERS,
  type SessionFile,
  withoutDoubles,
} from "../codex/session_files.ts";
import type { Finding } from "../wire.ts";
import { type Findings, ok, quote, type Visit } from "./visit.ts";

const DAY_MS = 86_400_000;

/** Files looked at between two breaths: about 5 ms. */
const FILES_AT_ONCE = 500;

export async function checkRollouts(visit: Visit): Promise<Findings> {
  const { config, now } = visit;
  const problems: string[] = [];
  const files = await listFiles(visit, problems);
  const horizon = now - config.rollout_horizon_days * DAY_MS;
  const recent = files.filter(({ info }) => (info.mtime?.getTime() ?? 0) >= horizon);
  const locked = recent.filter(({ path }) => !canRead(path));
  const compressed = CAN_READ_ZSTD ? [] : recent.filter((file) => file.compressed);
  const findings = [
    ok("rollouts", "Codex's session files are followed", summary(visit, { files, recent })),
  ];
  if (locked[0]) findings.push(unreadable(locked[0], { count: locked.length }));
  if (compressed.length > 0) findings.push(unsupported(compressed.length));
  for (const problem of problems) {
    findings.push({
      id: "rollouts_unreadable",
      severity: "warning",
      title: "A folder of session files cannot be read",
      detail: problem,
      remedy: null,
    });
  }
  return { findings };
}

async function listFiles({ config }: Visit, problems: string[]): Promise<SessionFile[]> {
  const files: SessionFile[] = [];
  for (const home of allHomes(config.codex_home, config.codex_homes)) {
    for (const name of SESSION_FOLDERS) {
      const found = listSessionFiles(
        join(home, name),
        (path, error) => problems.push(`${path}: ${errorText(error)}`),
      );
      for (const file of found) {
        files.push(file);
        if (files.length % FILES_AT_ONCE === 0) await new Promise((done) => setTimeout(done, 0));
      }
    }
  }
  return withoutDoubles(files);
}

/** What the running server says, which knows what it has read before; else what there is to read. */
function summary(
  { config, sources }: Visit,
  { files, recent }: { files: SessionFile[]; recent: SessionFile[] },
): string {
  const detail = sources?.find(({ source }) => source === "rollouts")?.detail;
  if (detail) return detail;
  const skipped = files.length - recent.length;
  return `${recent.length} session files` +
    (skipped > 0 ? `, ${skipped} older than ${config.rollout_horizon_days} days skipped` : "");
}

function unreadable({ path }: SessionFile, { count }: { count: number }): Finding {
  return {
    id: "rollouts_unreadable",
    severity: "warning",
    title: `${count} session files cannot be read`,
    detail: `Their turns and tokens are not seen: ${path}${count > 1 ? " and others" : ""}`,
    remedy: `chmod u+r ${quote(path)}`,
  };
}

function unsupported(count: number): Finding {
  return {
    id: "rollouts_compressed",
    severity: "warning",
    title: `${count} compressed session files cannot be read`,
    detail: `Deno ${Deno.version.deno} has no zstd; their turns and tokens are not seen`,
    remedy: "deno upgrade",
  };
}

function canRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
