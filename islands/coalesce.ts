/** Many reasons to do the same thing make it happen once. */

/**
 * A function that does `work` at once, and once more when it was called meanwhile: never two at a
 * time, and with `pause_ms` between the end of one and the start of the next. `work` must not throw.
 */
export function coalesce(work: () => Promise<void>, pause_ms: number): () => void {
  let is_busy = false;
  let is_wanted = false;
  const run = async () => {
    is_busy = true;
    do {
      is_wanted = false;
      await work();
      await new Promise((done) => setTimeout(done, pause_ms));
    } while (is_wanted);
    is_busy = false;
  };
  return () => {
    if (is_busy) is_wanted = true;
    else run();
  };
}
