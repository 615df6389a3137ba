/**
 * Where Codex keeps its session files, and what their names say: `sessions/YYYY/MM/DD/` and
 * `archived_sessions/` of a CODEX_HOME (codex.md §2). Looks only; opens nothing.
 */
import { basename, join } from "node:path";
import * as zlib from "node:zlib";

/** The folders of a CODEX_HOME that hold session files. */
export const SESSION_FOLDERS = ["sessions", "archived_sessions"] as const;

const COMPRESSED = ".zst";

export interface SessionFile {
  path: string;
  /** Its name without the compression: a file keeps it when it is archived or compressed. */
  stem: string;
  /** `.jsonl.zst`: a whole file that nobody appends to. */
  compressed: boolean;
  info: Deno.FileInfo;
}

/** Deno 2.9 has zstd, Deno 2.4 has not: there a compressed file cannot be read. */
export const CAN_READ_ZSTD = typeof zlib.createZstdDecompress === "function";

/** Every CODEX_HOME to follow, each once: the one in use, and the `more` that a setting lists. */
export function allHomes(home: string, more: string): string[] {
  return [...new Set([home, ...more.split(":").filter(Boolean)])];
}

/** What a path's name says; undefined when it is not a session file's. */
export function sessionName(path: string): Pick<SessionFile, "stem" | "compressed"> | undefined {
  const name = basename(path);
  const compressed = name.endsWith(COMPRESSED);
  const stem = compressed ? name.slice(0, -COMPRESSED.length) : name;
  return /^rollout-.*\.jsonl$/.test(stem) ? { stem, compressed } : undefined;
}

/** The regular file at `path`, links followed; undefined when there is none or it is no session file. */
export function findSessionFile(path: string): SessionFile | undefined {
  const name = sessionName(path);
  if (!name) return undefined;
  const info = statPath(path);
  return info?.isFile ? { path, ...name, info } : undefined;
}

/**
 * Every session file below `folder`, in no order; none when there is no such folder. A folder inside
 * that cannot be read is told to `onProblem` and left out. Yields often: 5,000 files take 25 ms.
 */
export function* listSessionFiles(
  folder: string,
  onProblem: (path: string, error: unknown) => void,
): Generator<SessionFile> {
  for (const entry of readFolder(folder, onProblem)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) {
      yield* listSessionFiles(path, onProblem);
    } else {
      const file = findSessionFile(path);
      if (file) yield file;
    }
  }
}

/** Of a plain and a compressed file with the same name, the plain one is the newer (codex.md §5). */
export function withoutDoubles<File extends Pick<SessionFile, "stem" | "compressed">>(
  files: readonly File[],
): File[] {
  const plain = new Set(files.filter((file) => !file.compressed).map(({ stem }) => stem));
  return files.filter(({ stem, compressed }) => !compressed || !plain.has(stem));
}

function readFolder(
  folder: string,
  onProblem: (path: string, error: unknown) => void,
): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) onProblem(folder, error);
    return [];
  }
}

function statPath(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}
