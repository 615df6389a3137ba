import assert from "node:assert/strict";
import { continueDocument, lineHash } from "../../../server/sources/document.ts";

/** What a program that prints these steps is told to have printed, watched through a window. */
function watch(steps: readonly string[][], height: number, pinned?: string): string[] {
  const text: string[] = [];
  const told: string[] = [];
  let lines: number[] = [];
  for (const step of steps) {
    text.push(...step);
    const shown = text.slice(-height);
    const rows = pinned && text.length > height ? [pinned, ...shown] : shown;
    const continued = continueDocument(lines, rows.map(lineHash));
    lines = continued.lines;
    told.push(...continued.fresh.map((row) => rows[row]!));
  }
  return told;
}

/** The same answer again and again, as an agent gives it that runs the same tests. */
function answer(turn: number): string[][] {
  return [
    [`› prompt ${turn}`],
    ["• Ran rg -c tracker src", "  └ src/http.ts:6"],
    ["    src/tracker.ts:11"],
    [
      "• Added src/parse.ts (+4 -0)",
      "    1 +export",
      "    2 +  const",
      "    3 +  return",
      "    4 +}",
    ],
    ["    + Show details"],
    ["• Parsing has its own file now, and `tracker.ts` lost 18 lines.", "  its name."],
    [`  Worked for 7s • 08:0${turn}`],
  ];
}

for (const height of [12, 16, 20, 30]) {
  Deno.test(`an answer that repeats an earlier one is told in full, ${height} rows`, () => {
    const steps = [1, 2, 3].flatMap(answer);
    assert.deepEqual(watch(steps, height), steps.flat());
    assert.deepEqual(watch(steps, height, "› prompt 1"), steps.flat());
  });
}

Deno.test("an answer that repeats an earlier one all at once is told in full", () => {
  const whole = (turn: number) => {
    const [prompt, ran, ...rest] = answer(turn);
    return [[...prompt!, ...ran!], rest.flat()];
  };
  const steps = [1, 2, 3, 4].flatMap(whole);
  for (const height of [13, 14, 16, 24]) {
    assert.deepEqual(watch(steps, height), steps.flat(), `${height} rows`);
  }
});

Deno.test("an answer that is hidden for a moment is not told again", () => {
  const text = [1, 2].flatMap(answer).flat().map(lineHash);
  const { lines } = continueDocument([], text);
  const hidden = continueDocument(lines, text.slice(0, -5));
  assert.deepEqual(hidden.fresh, []);
  assert.deepEqual(continueDocument(hidden.lines, text).fresh, []);
});
