/** What every check of the doctor works with, and how it says what it found. */
import type { Config } from "../config.ts";
import type { Store } from "../store/db.ts";
import type { DoctorAgent, Finding, SourceHealth } from "../wire.ts";

export interface Visit {
  config: Config;
  /** Open for reading; undefined when there is no database that can be read. */
  store: Store | undefined;
  /** How the running server's sources are; undefined when no server runs. */
  sources: SourceHealth[] | undefined;
  /** Where the running server is reached. */
  server_url: string | undefined;
  now: number;
}

export interface Findings {
  findings: Finding[];
  agents?: Record<string, DoctorAgent>;
}

/** Looks at one thing. What it throws becomes a finding. */
export type Check = (visit: Visit) => Findings | Promise<Findings>;

export function ok(id: string, title: string, detail: string | null = null): Finding {
  return { id, severity: "ok", title, detail, remedy: null };
}

/** A size as people read it. */
export function size(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const amount = bytes / 1024 ** power;
  return `${amount >= 10 || power === 0 ? Math.round(amount) : amount.toFixed(1)} ${units[power]}`;
}

/** A path as it is typed into a shell. */
export function quote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
