import assert from "node:assert/strict";
import { join } from "node:path";
import { readScreen } from "../../../server/codex/screen.ts";

async function read(recording: string) {
  const path = join(import.meta.dirname ?? ".", "../../testdata/codex", `${recording}.txt`);
  return readScreen((await Deno.readTextFile(path)).split("\n"), { width: 200, alternate: true });
}

Deno.test("a Codex that waits for another one's database is starting, and its notice no draft", async () => {
  const { kind, starting, composer, draft, status } = await read("pane-starting-backfill");
  assert.deepEqual({ kind, starting, composer, draft, status }, {
    kind: "codex",
    starting: true,
    composer: false,
    draft: null,
    status: "unknown",
  });
});

Deno.test("a Codex that loads is starting, though its composer is there", async () => {
  const { starting, composer, status } = await read("pane-starting");
  assert.deepEqual({ starting, composer, status }, {
    starting: true,
    composer: true,
    status: "idle",
  });
});

Deno.test("an answer that says loading is no start", async () => {
  const { starting } = await read("pane-finished");
  assert.equal(starting, false);
  const rows = ["• It prints", "     loading", "", "› Ask Codex to do anything", "", "  x"];
  assert.equal(readScreen(rows, { width: 100, alternate: true }).starting, false);
});
