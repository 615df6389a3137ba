import assert from "node:assert/strict";
import { numberOption, parseCommand } from "../../cli/args.ts";
import { CodexdashError } from "../../server/error.ts";
import { settingOptions } from "../../server/config.ts";
import { age, duration } from "../../cli/times.ts";

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof CodexdashError, String(error));
    assert.equal(error.code, "invalid");
    return error.message;
  }
  throw new Error("nothing was thrown");
}

Deno.test("wrong arguments are one line that says where to read more", () => {
  const options = { json: { type: "boolean" }, ...settingOptions(["db"]) } as const;
  const parse = (...args: string[]) => failure(() => parseCommand(args, { word: "jobs", options }));
  const see = "; see codexdash jobs --help";
  assert.equal(parse("--nonsense"), `Cannot run jobs: unknown option '--nonsense'${see}`);
  assert.equal(parse("more"), `Cannot run jobs: "more" is one word too many${see}`);
  for (const args of [["--db"], ["--json=1"], ["-x"], ["--db", "--json"]]) {
    const message = parse(...args);
    assert.ok(message.startsWith("Cannot run jobs: ") && message.endsWith(see), message);
    assert.ok(!message.includes("\n"), message);
  }
});

Deno.test("words that a command needs are asked for", () => {
  const expected = { word: "job", words: ["the id of a job"], options: {} };
  assert.equal(
    failure(() => parseCommand([], expected)),
    "Cannot run job: it needs the id of a job; see codexdash job --help",
  );
  assert.deepEqual(parseCommand(["--", "--odd-id"], expected).positionals, ["--odd-id"]);
});

Deno.test("a number is digits", () => {
  const read = (text: string | undefined) => numberOption("tail", { name: "since", text });
  assert.equal(read(undefined), undefined);
  assert.equal(read("17"), 17);
  for (const text of ["", "-1", "1.5", "1e3", "x", "9".repeat(40)]) {
    assert.match(failure(() => read(text)), /^Cannot run tail: --since must be a whole number/);
  }
});

Deno.test("durations and ages are short and never of the future", () => {
  assert.deepEqual(
    [0, 850, 4_200, 9_999, 59_600, 123_000, 3_600_000, 18_060_000, 90_000_000].map(duration),
    ["0ms", "850ms", "4.2s", "10.0s", "1m", "2m 3s", "1h", "5h 1m", "1d 1h"],
  );
  assert.equal(age(5_000, 1_000), "now");
  assert.equal(age(1_000, 63_000), "1m 2s ago");
});
