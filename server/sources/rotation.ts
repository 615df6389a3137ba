/**
 * Finds where lines went when the file at a path is no longer the one that was read: logrotate and
 * its like rename it, or copy and truncate it, and leave the old lines in the same folder.
 */
import { basename, dirname, extname, join } from "node:path";
import { fileId } from "./file_identity.ts";

/** A regular file in the folder of the one that is followed. */
export interface Sibling {
  path: string;
  id: string;
  mtime: number;
  size: number;
  /**
   * How its name relates to the followed one's: `rotated` (`x.1`, `x-20260131`, `x.old`), `copy` (any
   * other `x.…`), or `other`. Those are not for us to open: a database among them would lose its
   * locks when we close it.
   */
  kind: "rotated" | "copy" | "other";
}

const ROTATED = /^[.-](\d[\d.:TZ_-]*|old)$/;
const COPY = /^[.~-]/;

/** Compressed: its lines are out of reach. A database: see `Sibling`. */
const UNREADABLE = /\.(gz|xz|zst|bz2|lz4|zip|(db|sqlite\d?)(-\w+)?)$/;

/** The regular files in the folder of `path`, itself included; none when there is no such folder. */
export function listSiblings(path: string): Sibling[] {
  const folder = dirname(path);
  const siblings: Sibling[] = [];
  for (const name of fileNames(folder)) {
    const info = statFile(join(folder, name));
    if (!info) continue;
    siblings.push({
      path: join(folder, name),
      id: fileId(info),
      mtime: info.mtime?.getTime() ?? 0,
      size: info.size,
      kind: kindOf(name, basename(path)),
    });
  }
  return siblings;
}

/** What is at `path`, links followed; undefined when nothing is. */
export function statFile(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function fileNames(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].filter((entry) => entry.isFile).map((entry) => entry.name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function kindOf(name: string, original: string): Sibling["kind"] {
  if (UNREADABLE.test(name)) return "other";
  const extension = extname(original);
  const stem = basename(original, extension);
  const rest = name.startsWith(original)
    ? name.slice(original.length)
    : name.startsWith(stem) && name.endsWith(extension)
    ? name.slice(stem.length, name.length - extension.length)
    : "";
  return ROTATED.test(rest) ? "rotated" : COPY.test(rest) ? "copy" : "other";
}
