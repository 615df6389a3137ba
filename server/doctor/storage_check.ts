/** The event file, the database and the disk under them. */
import { accessSync, closeSync, constants, existsSync, openSync, statfs, statSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { errorText } from "../error.ts";
import { openStore } from "../store/db.ts";
import { lastSeq } from "../store/events.ts";
import type { Finding } from "../wire.ts";
import { type Findings, ok, quote, size, type Visit } from "./visit.ts";

const MIB = 1024 * 1024;
/** SQLite's log alone can grow to some tens of MiB before it is folded back. */
const LEAST_FREE_BYTES = 100 * MIB;
/** A busy day of four agents writes a few hundred. */
const LOW_FREE_BYTES = 1024 * MIB;

export async function checkStorage(visit: Visit): Promise<Findings> {
  const { config } = visit;
  const folders = [...new Set([config.events, config.db].map(nearestFolder))];
  return {
    findings: [
      checkEventFile(config.events),
      checkDatabase(visit),
      ...await Promise.all(folders.map(checkDisk)),
    ],
  };
}

function checkEventFile(path: string): Finding {
  if (!existsSync(path)) return checkNewFile(path, "event_file", "The event file");
  const { size: bytes } = statSync(path);
  try {
    // Opened as a sender opens it; nothing is written.
    closeSync(openSync(path, "a"));
  } catch (error) {
    return unwritable(path, {
      id: "event_file_unwritable",
      title: "The event file cannot be written",
      detail: `Prompts are delivered and not recorded: ${errorText(error)}`,
    });
  }
  return ok("event_file", "The event file can be written", `${path}, ${size(bytes)}`);
}

function checkDatabase({ config, store, sources }: Visit): Finding {
  const path = config.db;
  if (!existsSync(path)) return checkNewFile(path, "database", "The database");
  if (!store) {
    try {
      openStore(path, { readonly: true }).close();
    } catch (error) {
      return {
        id: "database_unreadable",
        severity: "error",
        title: "The database cannot be read",
        detail: errorText(error),
        remedy: `mv ${quote(path)} ${quote(`${path}.broken`)}`,
      };
    }
  }
  // Never opened here as a file: closing it would drop the locks that this process holds on it.
  if (![path, dirname(path)].every(canWrite)) {
    return unwritable(path, {
      id: "database_unwritable",
      title: "The database cannot be written",
      detail: "Its folder must be writable, too, for SQLite's log",
    });
  }
  const bytes = [path, `${path}-wal`].map((file) => existsSync(file) ? statSync(file).size : 0)
    .reduce((sum, bytes) => sum + bytes);
  const events = store ? `${lastSeq(store)} events, ` : "";
  const title = sources ? "The database is in use by the server" : "The database can be read";
  return ok("database", title, `${path}, ${events}${size(bytes)}`);
}

/** A file that is made when it is needed: can it be? */
function checkNewFile(path: string, id: string, name: string): Finding {
  const folder = nearestFolder(path);
  if (statSync(folder).isDirectory() && canWrite(folder)) {
    return ok(id, `${name} is made when it is needed`, path);
  }
  return unwritable(folder, {
    id: `${id}_unwritable`,
    title: `${name} cannot be made`,
    detail: `"${folder}" cannot be written`,
  });
}

function unwritable(
  path: string,
  problem: { id: string; title: string; detail: string },
): Finding {
  const is_ours = statSync(path).uid === Deno.uid();
  const remedy = is_ours ? `chmod u+rw ${quote(path)}` : `sudo chown $USER ${quote(path)}`;
  return { severity: "error", remedy, ...problem };
}

async function checkDisk(folder: string): Promise<Finding> {
  const { bavail, bsize } = await promisify(statfs)(folder);
  const free = bavail * bsize;
  if (free >= LOW_FREE_BYTES) return ok("disk", "There is space on the disk", `${size(free)} free`);
  const is_full = free < LEAST_FREE_BYTES;
  return {
    id: is_full ? "disk_full" : "disk_low",
    severity: is_full ? "error" : "warning",
    title: `Only ${size(free)} are free on the disk of "${folder}"`,
    detail: "Events that cannot be written are lost to the log",
    remedy: `du -xh ${quote(folder)} | sort -h | tail`,
  };
}

function nearestFolder(path: string): string {
  const folder = dirname(path);
  return existsSync(folder) || folder === path ? folder : nearestFolder(folder);
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
