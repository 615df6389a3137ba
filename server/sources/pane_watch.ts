/**
 * Looks at one agent's pane when its program writes: at once, and then at most every few
 * milliseconds. Nothing here runs while the pane is quiet.
 */
import { OutputReader } from "../codex/title.ts";
import { log } from "../log.ts";
import type { ControlClient } from "../tmux/control.ts";
import { unescapeOutput } from "../tmux/control_stream.ts";
import { type Capture, capturePane } from "./capture.ts";
import type { PaneMemory } from "./pane_memory.ts";
import type { PaneName, PaneStory, Story } from "./pane_story.ts";
import { MOST_ROWS, neededRow } from "./told_lines.ts";

export interface WatchOptions {
  client: ControlClient;
  name: PaneName;
  story: PaneStory;
  memory(): PaneMemory;
  /** Stores what was read; throws when it could not. */
  tell(story: Story): void;
}

/** A pane that writes without pause costs a thirtieth of a core, and nobody reads faster. */
const PAUSE_MS = 30;
/**
 * Lines that end the pause: tmux drops old rows by the hundred, and an alternate screen keeps none.
 * Each second has only so many such looks, so that a program that floods its pane costs no core.
 */
const URGENT_LINES = 500;
const URGENT_LOOKS = 64;
/** A program that never ends its frames, or draws one after the other, is looked at all the same. */
const FRAME_MS = 100;
/** Rows that may have scrolled off since the last look without a second one being needed. */
const SPARE_ROWS = 50;
/** While a program writes faster than we look, the row that is needed moves: then take all rows. */
const MOST_LOOKS = 3;

export class PaneWatch {
  readonly #options: WatchOptions;
  readonly #reader = new OutputReader();
  #due = false;
  #looking: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #last_look = -Infinity;
  /** Since when a frame is open; kept over frames until a whole one was seen. */
  #frame_since: number | undefined;
  #alternate = false;
  #height = URGENT_LINES;
  /** Lines ended since the last look. */
  #lines = 0;
  #urgent = { left: URGENT_LOOKS, until: 0 };
  #closed = false;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  get pane_id(): string {
    return this.#options.name.pane_id;
  }

  /** The pane's program wrote something. */
  output(escaped: Uint8Array): void {
    const bytes = unescapeOutput(escaped);
    this.#options.story.hear(this.#reader.feed(bytes));
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) this.#lines++;
    if (this.#reader.frame_open) this.#frame_since ??= performance.now();
    this.look();
  }

  /** Looks as soon as may be; resolves when the look that this began has been told. */
  look(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#due = true;
    this.#schedule();
    return this.#looking ?? Promise.resolve();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#again);
  }

  #schedule(): void {
    if (this.#looking || this.#closed || !this.#due) return;
    clearTimeout(this.#timer);
    const pause = this.#last_look + PAUSE_MS - performance.now();
    const wait = Math.max(pause > 0 && this.#isUrgent() ? 0 : pause, this.#frameWait());
    if (wait > 0) {
      this.#timer = setTimeout(() => this.#schedule(), wait);
      return;
    }
    this.#looking = this.#look()
      .catch((error) =>
        log.error("pane could not be read", { ...this.#options.name, cause: error })
      )
      .finally(() => {
        this.#looking = undefined;
        this.#schedule();
      });
  }

  #isUrgent(): boolean {
    if (this.#lines < (this.#alternate ? this.#height / 2 : URGENT_LINES)) return false;
    const now = performance.now();
    if (now > this.#urgent.until) this.#urgent = { left: URGENT_LOOKS, until: now + 1_000 };
    return this.#urgent.left-- > 0;
  }

  /** How long to wait for the end of the frame that is being drawn. */
  #frameWait(): number {
    if (!this.#reader.frame_open || this.#frame_since === undefined) return 0;
    return this.#frame_since + FRAME_MS - performance.now();
  }

  async #look(): Promise<void> {
    this.#due = false;
    this.#last_look = performance.now();
    clearTimeout(this.#again);
    const { memory } = this.#options;
    let back = this.#alternate ? undefined : this.#back(memory().scrollback.history);
    for (let looks = 1; looks <= MOST_LOOKS; looks++) {
      const capture = await capturePane(this.#options.client, this.pane_id, back);
      if (!capture || this.#closed) return;
      // What tmux sent before its answer came first: a frame that is open now was open then.
      if (this.#frameWait() > 0) {
        this.#due = true;
        return;
      }
      this.#frame_since = undefined;
      this.#lines = 0;
      this.#alternate = capture.alternate;
      this.#height = capture.height;
      if (!capture.alternate && back === undefined) {
        back = this.#back(capture.history);
        continue;
      }
      const needs = this.#read(capture);
      if (needs === null) return;
      const spare = SPARE_ROWS * 8 ** looks;
      const most = looks + 1 === MOST_LOOKS;
      back = most ? MOST_ROWS : Math.min(MOST_ROWS, capture.history - needs + spare);
    }
  }

  /** How many rows above the screen the next look needs. */
  #back(history: number): number {
    const memory = this.#options.memory();
    const spare = memory.scrollback.row < 0 ? 0 : Math.max(0, history - neededRow(memory));
    return Math.min(MOST_ROWS, spare + SPARE_ROWS);
  }

  /** Tells what is new; the number of the first row that is missing for that, or null. */
  #read(capture: Capture): number | null {
    const { story, memory, tell, name } = this.#options;
    const read = story.read(memory(), capture, Date.now());
    if (read.needs !== null) return read.needs;
    try {
      tell(read);
    } catch (error) {
      log.error("pane output could not be stored", { ...name, cause: error });
      story.retry();
    }
    if (read.again_ms !== null) {
      this.#again = setTimeout(() => this.look(), Math.max(read.again_ms, PAUSE_MS));
    }
    return null;
  }
}
