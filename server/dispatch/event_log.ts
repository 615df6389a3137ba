/**
 * Appends lines to the event file, the road on which everything enters the program. A line is one
 * `write`, so that lines of several processes never mix. Whatever is wrong with the file is a warning:
 * no prompt is lost or kept waiting because it could not be logged.
 */
import { dirname } from "node:path";
import { errorText } from "../error.ts";
import type { EventPayload } from "../wire.ts";

export interface EventLogOptions {
  /** Longest line that the reader takes, in bytes without the newline. */
  max_line: number;
  /** Told once, however many lines cannot be written. */
  onWarning?: ((message: string) => void) | undefined;
}

const NEWLINE = 10;

export class EventLog {
  readonly #path: string;
  readonly #max_line: number;
  readonly #onWarning: ((message: string) => void) | undefined;
  #warned = false;

  constructor(path: string, { max_line, onWarning }: EventLogOptions) {
    this.#path = path;
    this.#max_line = max_line;
    this.#onWarning = onWarning;
  }

  /** Writes one line. Returns false, after the one warning, when it could not; never throws. */
  append(event: EventPayload): boolean {
    try {
      this.#write(new TextEncoder().encode(JSON.stringify(event)));
      return true;
    } catch (error) {
      this.#warn(error);
      return false;
    }
  }

  /** Opens the file anew each time (8 µs): a file that was rotated away is never written to. */
  #write(line: Uint8Array): void {
    if (line.length > this.#max_line) {
      throw new Error(`a line of ${line.length} bytes is over the limit of ${this.#max_line}`);
    }
    using file = this.#open();
    const start = endsInNewline(file) ? 0 : 1;
    const bytes = new Uint8Array(start + line.length + 1).fill(NEWLINE);
    bytes.set(line, start);
    if (file.writeSync(bytes) < bytes.length) throw new Error("No space left on device");
  }

  #open(): Deno.FsFile {
    try {
      return openForAppend(this.#path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      Deno.mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      return openForAppend(this.#path);
    }
  }

  #warn(error: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    const reason = errorText(error).replace(/ \(os error.*$/s, "");
    this.#onWarning?.(
      `Cannot write to the event file "${this.#path}": ${reason.toLowerCase()}; ` +
        "the prompt goes out all the same, but is not recorded",
    );
  }
}

function openForAppend(path: string): Deno.FsFile {
  const file = Deno.openSync(path, { read: true, append: true, create: true, mode: 0o600 });
  if (!file.statSync().isFifo) return file;
  file.close();
  // Once its buffer is full, a write would wait for a reader for ever.
  throw new Error("It is a named pipe");
}

/**
 * False after a torn write by someone else: our line must not become the end of theirs. Also while
 * another process is just writing; then an empty line comes between the two, which readers leave out.
 */
function endsInNewline(file: Deno.FsFile): boolean {
  const { isFile, size } = file.statSync();
  if (!isFile || size === 0) return true;
  const last = new Uint8Array(1);
  file.seekSync(-1, Deno.SeekMode.End);
  return file.readSync(last) !== 1 || last[0] === NEWLINE;
}
