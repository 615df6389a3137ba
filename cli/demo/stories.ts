/**
 * Scripted answers for prompts of a visitor: what a coding agent might do, some with a command, a file
 * or an approval, so that the demo looks alive. All of it is invented; the same seed and prompt always
 * give the same answer.
 */
import { choose } from "./ids.ts";
import { usage } from "./usage.ts";
import type { Response, Tool } from "./steps.ts";

interface Story {
  /** Prompts that it suits. */
  about: RegExp;
  steps: readonly Response[];
}

/** Slow enough to be read as it appears. */
const WORD_GAP_MS = 45;
const THINK_MS = 1400;

/** The steps for a prompt: `key` chooses among the stories that suit it, or among all. */
export function story(prompt: string, key: string): Response[] {
  const suiting = STORIES.filter(({ about }) => about.test(prompt));
  return [...choose(suiting.length > 0 ? suiting : STORIES, key).steps];
}

function answer(text: string): Response {
  const words = text.match(/\S+\s*/g) ?? [];
  return {
    wait_ms: THINK_MS,
    say: { chunks: words, gap_ms: WORD_GAP_MS },
    usage: usage(9_000 + text.length * 140, 8_200, {
      output: 20 + words.length * 2,
      reasoning: 12,
    }),
  };
}

function first(reasoning: string, tool: Tool): Response {
  return {
    wait_ms: THINK_MS,
    reasoning: `**${reasoning}**\n\n${reasoning}.`,
    tool,
    usage: usage(3900, 3100, { output: 96, reasoning: 48 }),
  };
}

function run(shell: string, output: string, { ms = 1500, exit_code = 0, reason = "" } = {}): Tool {
  return { kind: "command", shell, output, exit_code, ms, ...reason ? { reason } : {} };
}

const STORIES: readonly Story[] = [
  {
    about: /explain|overview|repository|what (is|does)/i,
    steps: [
      first(
        "Reading the project's files",
        run(
          "ls && head -20 README.md",
          "README.md\nsrc\ntests\npackage.json\n# Parcel\nA small tracker.\n",
        ),
      ),
      answer(
        "This is a small parcel tracker. `src/` holds the model and one HTTP handler, `tests/` covers the model only.\n\nThe place to start is `src/tracker.ts`: everything else calls it.",
      ),
    ],
  },
  {
    about: /test|coverage|flaky/i,
    steps: [
      first(
        "Running the test suite",
        run(
          "npm test",
          "✔ parses a parcel\n✔ sorts by date\n✖ rejects an empty label\n12 passed, 1 failed\n",
          {
            ms: 3500,
            exit_code: 1,
          },
        ),
      ),
      first("Adding the missing check", {
        kind: "patch",
        path: "src/label.ts",
        lines: ['if (label === "") throw new RangeError("Cannot use an empty label");'],
      }),
      first("Running the tests again", run("npm test", "13 passed\n", { ms: 3000 })),
      answer(
        "The suite is green again: an empty label is now refused, and the test that asked for it passes.",
      ),
    ],
  },
  {
    about: /test|bug|regression/i,
    steps: [
      first(
        "Looking for the failing case",
        run("npm test -- --only tracker", "5 passed\n", { ms: 2500 }),
      ),
      answer(
        "I could not make it fail in five runs. The likeliest cause is the clock: `tracker.test.ts` compares a date without a time zone. I would pin it before changing code.",
      ),
    ],
  },
  {
    about: /security|audit|secret|vulnerab/i,
    steps: [
      first(
        "Searching for secrets",
        run('rg -n "token|secret" src', 'src/http.ts:14:const token = req.headers["x-token"];\n'),
      ),
      first(
        "Asking the registry about advisories",
        run("npm audit --omit=dev", "found 0 vulnerabilities\n", {
          ms: 2500,
          reason: "Do you want to let npm reach the network to look up advisories?",
        }),
      ),
      answer(
        "No advisory touches what is shipped. One finding: the token in `src/http.ts` is compared with `===`; a constant-time comparison is safer.",
      ),
    ],
  },
  {
    about: /refactor|clean|rename|simplif/i,
    steps: [
      first(
        "Planning the smallest change",
        run("rg -c tracker src", "src/http.ts:6\nsrc/tracker.ts:11\n"),
      ),
      first("Moving the parsing into its own file", {
        kind: "patch",
        path: "src/parse.ts",
        lines: [
          "export function parseParcel(text: string): Parcel {",
          '  const [id, label] = text.split(":");',
          "  return { id, label };",
          "}",
        ],
      }),
      answer(
        "Parsing has its own file now, and `tracker.ts` lost 18 lines. Nothing that others import changed its name.",
      ),
    ],
  },
  {
    about: /deploy|install|migrat|clean up|delete/i,
    steps: [
      first(
        "Removing the old build",
        run("rm -rf build", "", { ms: 400, reason: "Do you want to delete the folder build?" }),
      ),
      answer("The old build is gone; the next one starts from nothing."),
    ],
  },
  {
    about: /plan|design|think|why|compare/i,
    steps: [
      answer(
        "Three ways fit. A table in SQLite is the least work and survives a restart. A file per parcel is easy to read by hand but has no order. A queue service is too much for one machine.\n\nI would take the table: one migration, one query, and the tests stay as they are.",
      ),
    ],
  },
  {
    about: /hello|hi\b|quick|short/i,
    steps: [answer("Done. Nothing else needed a change.")],
  },
];
