/** Lets the rest of the program go on while a source has a lot to read. */

/** Work this long at a stretch is hardly felt by a page or a terminal that waits for an answer. */
const STRETCH_MS = 10;

export class Breath {
  #since = performance.now();

  /**
   * Waits for the others once the work since the last breath has taken long enough. A timer and not
   * `setImmediate`: on Deno 2.9 a chain of those keeps sockets and file watches waiting to its end.
   */
  async take(): Promise<void> {
    if (performance.now() - this.#since < STRETCH_MS) return;
    await new Promise((done) => setTimeout(done, 0));
    this.#since = performance.now();
  }
}
