/** Waiting in a turn: sped up, and ended early when the turn is interrupted or joined by a prompt. */

/** Why a wait ended early. */
export class Stopped extends Error {}

export class Pace {
  /** How many times faster than recorded. */
  readonly speed: number;
  #wake: (() => void) | undefined;
  #stopped = false;

  constructor(speed: number) {
    this.speed = speed;
  }

  /** `ms` as recorded. Throws `Stopped` when `stop` is or was called. */
  async wait(ms: number): Promise<void> {
    if (!this.#stopped) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms / this.speed);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
    }
    if (this.#stopped) throw new Stopped();
  }

  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  /** It may wait again. */
  go(): void {
    this.#stopped = false;
  }
}
