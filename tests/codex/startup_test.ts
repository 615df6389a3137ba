/** What Codex asks before its first prompt: each is named, nothing is typed into it, and it ends. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Tower, type TowerOptions } from "./tower.ts";

interface Question {
  name: string;
  options: TowerOptions;
  detail: RegExp;
  /** Words of the refusal. */
  refusal: RegExp;
  /** The dialog itself and the key that ends it; none for one that needs the network. */
  answer?: [dialog: RegExp, key: string];
}

const QUESTIONS: readonly Question[] = [
  {
    name: "trust",
    options: {
      as: "input",
      config: (toml) => toml.replace(/\[projects[^]*/, ""),
      // Codex asks for folders under version control only.
      prepare: ({ repo }) => {
        new Deno.Command("git", { args: ["init", "--quiet", repo] }).outputSync();
      },
    },
    detail: /^Trust this folder\?$/,
    refusal: /it asks whether the folder is trusted/,
    answer: [/Trust this folder\?/, "Enter"],
  },
  {
    name: "update",
    options: {
      as: "input",
      config: (toml) => toml.replace("check_for_update_on_startup = false", ""),
      prepare: ({ codex_home }) =>
        writeJson(join(codex_home, "version.json"), {
          latest_version: "0.170.0",
          last_checked_at: new Date().toISOString(),
          dismissed_version: null,
        }),
    },
    detail: /^Update available · 0\.169\.0 → 0\.170\.0/,
    refusal: /it offers an update/,
    answer: [/Update available/, "Escape"],
  },
  {
    name: "hooks_review",
    options: {
      as: "input",
      prepare: ({ codex_home }) =>
        writeJson(join(codex_home, "hooks.json"), {
          hooks: { Stop: [{ hooks: [{ type: "command", command: "true" }] }] },
        }),
    },
    detail: /^Hooks need review/,
    refusal: /it wants its hooks reviewed/,
    answer: [/Hooks need review/, "Escape"],
  },
  {
    name: "login",
    options: { as: "auth", config: (toml) => toml.replace('model_provider = "local"', "") },
    detail: /^Welcome to Codex/,
    refusal: /it wants a login/,
  },
];

function writeJson(path: string, value: unknown): void {
  Deno.writeTextFileSync(path, JSON.stringify(value));
}

for (const { name, options, detail, refusal, answer } of QUESTIONS) {
  Deno.test(`${name}: an agent that asks at its start says so and takes no prompt`, async () => {
    await using tower = await Tower.start(["fast"], options);
    const agent = tower.live.agents.get("fast")!;
    assert.equal(agent.status_code, name);
    assert.equal(agent.status_source, "screen");
    assert.match(agent.status_detail ?? "", detail);
    assert.equal(agent.status_conflict, null);

    const sent = await tower.send("job-1-2-3-y", "fast", "mock:plain 1 2 3 y");
    assert.notEqual(sent.code, 0);
    assert.match(sent.stderr, refusal);
    assert.equal(tower.live.agents.get("fast")?.status_code, name, "it still asks");
    assert.deepEqual([...tower.live.jobs.keys()], [], "nothing was handed over");
    assert.deepEqual(tower.world.model.requests, []);

    if (!answer) return;
    await tower.world.answer(tower.pane("fast"), ...answer);
    const free = await tower.agentIs("fast", "idle");
    assert.equal(free.status_code, null);
    await tower.send("job-after", "fast", "mock:plain after it");
    await tower.jobIs("job-after", "done");
    assert.deepEqual(tower.live.faults, []);
  });
}
