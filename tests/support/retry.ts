/** Waits on conditions instead of sleeping. */

/**
 * Far more than anything takes on a quiet machine. Waiting longer costs nothing when it comes, and the
 * other tests run on the same two cores.
 */
const PATIENCE_MS = 60_000;

/**
 * Calls `probe` until it returns something other than undefined, null or false, and returns that.
 * Throws after `timeout_ms` with `what` and the last error. Probes every 20 ms.
 */
export async function retryUntil<T>(
  what: string,
  probe: () => T | Promise<T>,
  timeout_ms = PATIENCE_MS,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeout_ms;
  let last: unknown;
  for (;;) {
    try {
      const result = await probe();
      if (result !== undefined && result !== null && result !== false) {
        return result as NonNullable<Exclude<T, false>>;
      }
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      const reason = last instanceof Error ? `: ${last.message}` : "";
      throw new Error(`${what} did not happen within ${timeout_ms} ms${reason}`);
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}
