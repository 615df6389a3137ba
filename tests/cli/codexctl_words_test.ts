import assert from "node:assert/strict";
import { readWords } from "../../cli/codexctl_words.ts";
import { SEND_WORDS } from "../../cli/sending.ts";

const SEND = { ...SEND_WORDS, positionals: 1 };

function send(...args: string[]) {
  const { positionals, flags, rest, passed, problem } = readWords(args, SEND);
  return { positionals, flags: { ...flags }, rest, passed, problem };
}

Deno.test("the prompt is what follows the options, whatever it starts with after --", () => {
  for (
    const [args, rest] of [
      [["fast", "--wait", "5", "--", "-v is broken"], ["-v is broken"]],
      [["fast", "--", "--wait", "5"], ["--wait", "5"]],
      [["fast", "--", "@deep says", "hi"], ["@deep says", "hi"]],
      [["fast", "--", "--", "x"], ["--", "x"]],
      [["fast", "--", ""], [""]],
      [["fast", "--nojob", "two", "--wait", "words"], ["two", "--wait", "words"]],
      [["fast", "--parallel", "-"], ["-"]],
      [["fast", "--", "-"], ["-"]],
      [["fast", "- a list"], ["- a list"]],
      [["fast", "--not an option"], ["--not an option"]],
      [["fast", "--wait", "5"], []],
    ] as const
  ) {
    const words = send(...args);
    assert.deepEqual(words.rest, rest, args.join(" "));
    assert.deepEqual(words.positionals, ["fast"]);
    assert.deepEqual(words.passed, args, "codexctl gets what was typed");
    assert.equal(words.problem, undefined);
  }
});

Deno.test("our own options are kept from codexctl, wherever they stand before the prompt", () => {
  const words = send(
    ...["--driver", "codexctl", "fast", "--json", "--wait", "5", "--job-id=a", "--force"],
    ...["--outdir=o ut", "--", "--json", "--force"],
  );
  assert.deepEqual(words.passed, [
    "fast",
    "--wait",
    "5",
    "--outdir=o ut",
    "--",
    "--json",
    "--force",
  ]);
  assert.deepEqual(words.flags, {
    driver: "codexctl",
    json: true,
    wait: "5",
    "job-id": "a",
    force: true,
    outdir: "o ut",
  });
  assert.deepEqual(words.rest, ["--json", "--force"]);
});

Deno.test("what makes no sense is named, and still passed on", () => {
  assert.match(send("fast", "--wiat", "5").problem ?? "", /no option --wiat/);
  assert.match(send("fast", "-x").problem ?? "", /no option -x/);
  assert.match(send("fast", "--wait").problem ?? "", /--wait needs a value/);
  assert.deepEqual(send("fast", "--wiat", "5").passed, ["fast", "--wiat", "5"]);
  assert.deepEqual(send().positionals, []);
});
