/**
 * What is known of session files that were read, by what a file can be recognised by: its inode, when
 * it was moved, or its name, when it was restored, compressed or copied back. Whether it really is the
 * same file, its bytes must say.
 */
import type { RolloutMemory } from "../codex/rollout_line.ts";
import type { FileMark } from "./file_identity.ts";
import type { Cursor } from "./source.ts";

/** `Cursor.state` of a session file: what makes it known again, and how reading goes on. */
export interface RolloutState extends FileMark {
  id: string;
  stem: string;
  /** Where it was read last; cursors of older versions do not say. */
  path?: string;
  /** Its modification time when it was read last; null while there may be more to read. */
  read_mtime: number | null;
  memory: RolloutMemory;
  bad_lines: number;
  /** Of its last event; null before the first. */
  last_ts: number | null;
}

export interface KnownRollout {
  file_key: string;
  offset: number;
  state: RolloutState;
}

export class KnownRollouts {
  readonly #all = new Map<string, KnownRollout>();
  /** Keys by inode and by name, the newest last. */
  readonly #keys = new Map<string, string[]>();

  constructor(cursors: readonly Cursor[]) {
    for (const cursor of cursors) {
      const known = parseCursor(cursor);
      if (known) this.put(known);
    }
  }

  get(file_key: string): KnownRollout | undefined {
    return this.#all.get(file_key);
  }

  put(known: KnownRollout): void {
    this.#all.set(known.file_key, known);
    for (const trait of [known.state.id, known.state.stem]) {
      const keys = this.#keys.get(trait);
      if (!keys) this.#keys.set(trait, [known.file_key]);
      else if (!keys.includes(known.file_key)) keys.push(known.file_key);
    }
  }

  /** Files that this one may be: those with its inode first, then those with its name; newest first. */
  candidates({ id, stem }: { id: string; stem: string }): KnownRollout[] {
    const keys = [id, stem].flatMap((trait) => this.#keys.get(trait)?.toReversed() ?? []);
    return [...new Set(keys)].map((key) => this.#all.get(key)!);
  }

  /** A key that no file had: an inode is used again after a deletion and outlives a truncation. */
  newKey(id: string): string {
    let number = (this.#keys.get(id)?.length ?? 0) + 1;
    while (this.#all.has(`${id}:${number}`)) number++;
    return `${id}:${number}`;
  }

  get bad_lines(): number {
    let sum = 0;
    for (const { state } of this.#all.values()) sum += state.bad_lines;
    return sum;
  }

  /** The `ts` of the newest event; null before the first. */
  get last_ts(): number | null {
    let last: number | null = null;
    for (const { state: { last_ts } } of this.#all.values()) {
      if (last_ts !== null && last_ts > (last ?? -Infinity)) last = last_ts;
    }
    return last;
  }
}

/** What a stored cursor says; undefined for one that is not of this source's making. */
function parseCursor({ file_key, offset, state }: Cursor): KnownRollout | undefined {
  try {
    const parsed = JSON.parse(state ?? "") as RolloutState;
    return typeof parsed.stem === "string" ? { file_key, offset, state: parsed } : undefined;
  } catch {
    return undefined;
  }
}
