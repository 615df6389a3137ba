/**
 * One transcript as a page holds it: the newest items first, older ones on demand, new ones when the
 * socket says that there are some. Bounded: a page that is open for weeks must not grow for weeks.
 */
import { batch, signal } from "@preact/signals";
import type { TranscriptItem } from "../server/wire.ts";
import { ApiError, fetchItems } from "./api.ts";

/** Items that a page begins with. */
const FIRST_ITEMS = 100;
/** Items that a wish for earlier ones brings. */
const EARLIER_ITEMS = 400;
/** Items kept; with more the oldest go, and can be asked for again. */
const KEPT_ITEMS = 5_000;
/** Items of one answer to "what is new". */
const NEWS_ITEMS = 500;

export class TranscriptFeed {
  readonly items = signal<readonly TranscriptItem[]>([]);
  readonly state = signal<"loading" | "ready" | "failed">("loading");
  /** Why the last request failed, in words. */
  readonly problem = signal<string | null>(null);
  readonly has_earlier = signal(false);
  readonly is_asking = signal(false);
  /** Where the transcript is: `/api/jobs/{id}/transcript` or a thread's. */
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Starts over with the newest items. */
  async load(): Promise<void> {
    await this.#ask(async () => {
      const { items, is_cut } = await this.#newest({ limit: FIRST_ITEMS });
      batch(() => {
        this.items.value = items;
        this.has_earlier.value = is_cut;
        this.state.value = "ready";
      });
    });
    if (this.problem.peek() !== null && this.state.peek() === "loading") {
      this.state.value = "failed";
    }
  }

  async showEarlier(): Promise<void> {
    const before = this.items.peek()[0]?.seq;
    if (before === undefined || this.is_asking.peek()) return;
    await this.#ask(async () => {
      const { items, is_cut } = await this.#newest({ before, limit: EARLIER_ITEMS });
      batch(() => {
        this.items.value = [...items, ...this.items.peek()];
        this.has_earlier.value = is_cut;
      });
    });
  }

  /** Takes what came since the newest item. */
  async update(): Promise<void> {
    if (this.state.peek() !== "ready") return await this.load();
    await this.#ask(async () => {
      for (;;) {
        const since = this.items.peek().at(-1)?.seq ?? 0;
        const more = await fetchItems(this.path, { since, limit: NEWS_ITEMS });
        if (more.length > 0) this.#append(more);
        if (more.length < NEWS_ITEMS) return;
      }
    });
  }

  /** Two answers may overlap when the page was told to start over between them. */
  #append(more: TranscriptItem[]): void {
    const last = this.items.peek().at(-1)?.seq ?? 0;
    const all = [...this.items.peek(), ...more.filter(({ seq }) => seq > last)];
    batch(() => {
      if (all.length > KEPT_ITEMS) this.has_earlier.value = true;
      this.items.value = all.slice(-KEPT_ITEMS);
    });
  }

  /** One more than shown is asked for: it tells whether there are earlier ones. */
  async #newest({ before, limit }: { before?: number; limit: number }) {
    const items = await fetchItems(this.path, { before, limit: limit + 1 });
    const is_cut = items.length > limit;
    return { items: is_cut ? items.slice(1) : items, is_cut };
  }

  async #ask(work: () => Promise<void>): Promise<void> {
    this.is_asking.value = true;
    try {
      await work();
      this.problem.value = null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem.value = error.message;
    } finally {
      this.is_asking.value = false;
    }
  }
}
