/**
 * Streams of what Codex does to its screen, made from seeds: it appends, redraws all, shows a pager
 * over it, changes its height and width, counts seconds. Whatever the order, each line of the true
 * transcript is told once.
 */
import assert from "node:assert/strict";
import type { Capture } from "../../../server/sources/capture.ts";
import { newMemory, type PaneMemory } from "../../../server/sources/pane_memory.ts";
import { PaneStory } from "../../../server/sources/pane_story.ts";

const HEADER = ["", "  >_ OpenAI Codex (v0.169.0)", "     /tmp/repo", ""];
const COMPOSER = [
  "",
  "› Ask Codex to do anything",
  "",
  "  GPT-6.1-Sol default · /tmp/repo",
  "  ← for agents · ? for shortcuts",
];
/** Longer than Codex takes to draw for a new width. */
const SLOW_REDRAW_MS = 2_000;

/** 300 of them are right as well, but take long on a small machine. */
const SEEDS = 80;

/** A small generator of random numbers, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Screen {
  readonly told: string[] = [];
  /** Every line of the transcript in the order in which it was printed, unwrapped. */
  readonly truth: string[] = [];
  readonly log: string[] = [];
  #lines: string[] = [...HEADER];
  #width = 100;
  #drawn_width = 100;
  #height = 30;
  #status = "";
  #now = 1_000_000;
  #turn = 0;
  #memory: PaneMemory;
  readonly #story: PaneStory;
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = random(seed);
    const name = { agent: "fast", pane_id: "%0", window_name: "fast", session: "codexctl" };
    this.#story = new PaneStory(name);
    this.#memory = newMemory({ ...name, pane_pid: 1 }, "1");
    this.truth.push(...HEADER.filter((line) => line !== ""));
    this.look(this.#frame());
    this.settle();
  }

  pick<T>(...choices: T[]): T {
    return choices[Math.floor(this.#random() * choices.length)]!;
  }

  upTo(most: number): number {
    return 1 + Math.floor(this.#random() * most);
  }

  /** Looks at the screen as it is drawn now, or at these rows. */
  look(rows = this.#frame(), pass_ms = 40): void {
    this.#now += pass_ms;
    const shown = rows.map((row) => row.slice(0, this.#width));
    const capture: Capture = {
      pid: 1,
      dead: false,
      title: this.#status === "" ? "repo" : "⠹ repo",
      width: this.#width,
      height: this.#height,
      cursor_y: this.#height - 4,
      alternate: true,
      history: 0,
      screen: shown,
      rows: shown,
      top: 0,
      joined: [],
    };
    const { events, memory } = this.#story.read(this.#memory, capture, this.#now);
    this.#memory = memory;
    for (const event of events) {
      if (event.type === "pane_output") this.told.push(...event.text.split("\n"));
    }
  }

  /** Looks until nothing is held back any more. */
  settle(): void {
    this.#status = "";
    this.look();
    this.look(undefined, 2_000);
    this.look(undefined, 2_000);
  }

  /** Prints lines, at most as many as fit on the screen between two looks. */
  print(...lines: string[]): void {
    this.#lines.push(...lines);
    this.truth.push(...lines.filter((line) => line !== ""));
  }

  prompt(): void {
    this.print(`› [JOB:j${++this.#turn}] ${this.pick("again", "go on", "run the tests")}`, "");
  }

  /** Words that agents repeat. */
  answer(): void {
    const lines = Array.from({ length: this.upTo(4) }, () =>
      this.pick(
        "  all 12 tests pass",
        `  row ${this.upTo(1000)}`,
        "  }",
        `  src/file${this.upTo(50)}.ts`,
        `  ${sentence(this.upTo(1000))}`,
      ));
    this.print(`• ${this.pick("Ran the tests", "Edited a file", `Said ${this.upTo(1000)}`)}`);
    this.print(...lines, "");
  }

  end(): void {
    this.print(`  Worked for ${this.upTo(90)}s • 01:${10 + this.upTo(49)}`, "");
    this.settle();
  }

  work(): void {
    this.#status = `${this.pick("•", "◦")} Working (${this.upTo(90)}s • esc to interrupt)`;
    this.look();
  }

  /** Ctrl-L: nothing, then a part from the top, then all again. */
  redraw(): void {
    const frame = this.#frame();
    this.look(blank(this.#height));
    const part = frame.slice(0, this.upTo(this.#height - 6));
    this.look([...part, ...blank(this.#height - part.length)]);
    this.look(frame);
  }

  /** The transcript pager: other rows over everything, for as long as somebody reads. */
  pager(): void {
    const rows = ["/ T R A N S C R I P T / / / / /", ...this.#frame().slice(0, this.#height - 3)];
    this.look([...rows, "───── 100% ─", "  q to quit"], 1_000);
  }

  /** More or fewer rows; a burst between two looks still fits on them. */
  height(): void {
    this.#height = this.pick(26, 30, 45);
    this.look();
  }

  /** tmux cuts or widens at once, and Codex draws for the new width when it gets to it. */
  width(): void {
    this.#width = this.pick(60, 100, 140);
    for (let left = this.upTo(4); left > 0; left--) this.look(undefined, SLOW_REDRAW_MS / 5);
    this.#drawn_width = this.#width;
    this.look();
    this.look(undefined, 10_000);
  }

  #frame(): string[] {
    const rows = this.#lines.flatMap((line) => wrap(line, this.#drawn_width));
    const bottom = this.#status ? ["", this.#status, "", ...COMPOSER] : ["", ...COMPOSER];
    const room = this.#height - bottom.length;
    const shown = rows.slice(-room);
    return [...shown, ...blank(room - shown.length), ...bottom];
  }
}

/** Longer than the screen is wide. */
function sentence(n: number): string {
  return Array.from({ length: 20 }, (_, word) => `word${n}-${word}`).join(" ");
}

function blank(count: number): string[] {
  return Array<string>(Math.max(0, count)).fill("");
}

/** As Codex does: at spaces, and what follows is indented. */
function wrap(line: string, width: number): string[] {
  const rows: string[] = [];
  for (let rest = line;;) {
    if (rest.length <= width - 2) return [...rows, rest];
    const at = rest.lastIndexOf(" ", width - 2);
    rows.push(rest.slice(0, at));
    rest = `  ${rest.slice(at + 1)}`;
  }
}

/** Lines without their wrapping. */
function joined(lines: readonly string[]): string {
  return lines.filter((line) => line.trim() !== "").join("\n").replace(/\s+/g, " ");
}

const REDRAWS = ["turn", "answer", "answer", "work", "redraw", "pager", "height"] as const;
type Move = typeof REDRAWS[number] | "width";

/** Forty moves and the end of the last turn. */
function play(seed: number, moves: readonly Move[]): Screen {
  const screen = new Screen(seed);
  for (let step = 0; step < 40; step++) {
    const move = screen.pick(...moves);
    screen.log.push(move);
    switch (move) {
      case "turn":
        screen.end();
        screen.prompt();
        break;
      case "answer":
        screen.answer();
        break;
      case "work":
      case "redraw":
      case "pager":
      case "height":
      case "width":
        screen[move]();
        break;
      default:
        move satisfies never;
    }
    screen.look();
  }
  screen.end();
  return screen;
}

Deno.test("each line is told once, whatever is drawn anew between them", () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { told, truth, log } = play(seed, REDRAWS);
    assert.equal(joined(told), joined(truth), `seed ${seed}: ${log.join(" ")}`);
  }
});

Deno.test("and whatever the width, though Codex draws for a new one two seconds late", () => {
  const wrong: number[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { told, truth } = play(seed, [...REDRAWS, "width"]);
    if (joined(told) !== joined(truth)) wrong.push(seed);
  }
  // A text that repeats itself and is cut at the same time can be read in more than one way.
  assert.ok(wrong.length <= SEEDS / 50, `seeds ${wrong.join(" ")}`);
});
