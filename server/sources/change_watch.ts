/**
 * Wakes a source when something happens to a file or in a folder. It says only that, never what:
 * `Deno.watchFs` holds 16 unread events and drops the rest, so whoever is woken looks for himself.
 *
 * Never to be used on a folder that holds a database of ours, nor on one where anybody makes named
 * pipes. Deno opens and closes every file that an event names. Closing any descriptor of a file drops
 * all of the process's locks on it (fcntl(2), "How To Corrupt An SQLite Database File" 2.2), so that
 * the next program that reads the database takes its log away under the server; and opening a pipe
 * waits for a writer, for ever, with every watch of the process.
 */
import { fileId } from "./file_identity.ts";
import { statFile } from "./rotation.ts";

export class ChangeWatch {
  readonly #wake: (paths: readonly string[]) => void;
  readonly #recursive: boolean;
  #watcher: Deno.FsWatcher | undefined;
  #ended: Promise<void> = Promise.resolve();
  /** What is watched: a path, and which file was there. The watch stays with the file. */
  #watched = "";

  /**
   * `wake` is called on every change of what is watched, with the paths that changed as far as they
   * are known; `recursive` watches folders with all that is below them.
   */
  constructor(
    wake: (paths: readonly string[]) => void,
    options: { recursive?: boolean } = {},
  ) {
    this.#wake = wake;
    this.#recursive = options.recursive ?? false;
  }

  /**
   * Sees to it that exactly these files and folders are watched, also when one was replaced by
   * another at its path; a path that leads nowhere is left out. Returns whether that made a
   * difference: then something may have happened unseen until now. Cheap when it did not. Throws
   * what `Deno.watchFs` throws.
   */
  async watch(paths: readonly string[]): Promise<boolean> {
    const there = paths.flatMap((path) => {
      const info = statFile(path);
      return info ? [{ path, id: fileId(info) }] : [];
    });
    const watched = JSON.stringify(there);
    if (watched === this.#watched) return false;
    await this.close();
    if (there.length === 0) return false;
    const watcher = Deno.watchFs(there.map(({ path }) => path), { recursive: this.#recursive });
    this.#watcher = watcher;
    this.#watched = watched;
    this.#ended = this.#listen(watcher);
    return true;
  }

  /**
   * Resolves once the watch is really gone: Deno 2.9 counts watches by path and gives a new one on
   * the same path nothing to hear while the old one still waits for its next event.
   */
  async close(): Promise<void> {
    this.#watched = "";
    this.#watcher?.close();
    this.#watcher = undefined;
    await this.#ended;
  }

  async #listen(watcher: Deno.FsWatcher): Promise<void> {
    try {
      for await (const event of watcher) this.#wake(event.paths);
    } catch {
      // A watch that broke is made again by whoever is woken.
      this.#watched = "";
      this.#wake([]);
    }
  }
}
