/** Threads with everything that a transcript can show, for pages that are looked at. */
import { SessionFile } from "./session_file.ts";
import type { TestTower } from "./tower.ts";

const ANSWER = `The parcels were lost because \`flush()\` ran **after** the file was closed.

## What I changed

1. \`src/store.ts\` writes before it closes.
2. A test restarts the store between two writes.

- [x] mended
- [ ] released, see [the guide](https://example.com/guide)

| case | before | after |
| --- | ---: | ---: |
| restart | 3 lost | 0 lost |

\`\`\`ts
await file.sync();
file.close();
\`\`\``;

const DIFF = `@@ -12,7 +12,8 @@ export class Store {
   async close() {
-    this.file.close();
-    await this.flush();
+    await this.flush();
+    await this.file.sync();
+    this.file.close();
   }
 }
`;

export interface Showcase extends Disposable {
  /** The thread of the job `job-1`; its second turn still runs. */
  root: SessionFile;
  /** Its sub-agent's. */
  child: SessionFile;
  /** Ended with an error two hours ago. */
  failed: SessionFile;
  fork: SessionFile;
}

/** Writes them all; waiting until they are read is the caller's. */
export function showcase({ world }: TestTower): Showcase {
  const now = Date.now();
  const failed = new SessionFile(world, { n: 9, ts: now - 7_200_000 });
  failed.startTurn("gpt-6-luna");
  failed.user("Why does the nightly build fail?");
  failed.usage();
  failed.ts += 4_200;
  failed.endTurn({
    message: "You’ve hit your usage limit. Try again in 3 hours.",
    codex_error_info: "usage_limit_exceeded",
  });

  const root = new SessionFile(world, { n: 1, ts: now - 90_000 });
  const first = root.startTurn();
  root.user("[JOB:job-1] Find why parcels get lost between restarts, and mend it");
  root.reasoning("**Looking for the writer** and who closes the file.\n\nThen a test.");
  root.item({
    type: "Plan",
    text: "- [x] Find the writer\n- [~] Mend it\n- [ ] Write a test that restarts",
  });
  const tests = Array.from(
    { length: 40 },
    (_, n) => `test store_${n} ... ${n === 31 ? "\x1b[31mFAILED\x1b[0m" : "\x1b[32mok\x1b[0m"}`,
  );
  root.ts += 6_000;
  root.command("deno test -A tests/store_test.ts", tests.join("\n") + "\n", {
    exit_code: 1,
    ms: 5_700,
  });
  const child = new SessionFile(world, { n: 2, parent: root, nickname: "reader", ts: root.ts });
  root.subAgent(child, "started");
  child.startTurn("gpt-6-luna");
  child.assistant("I read `src/store.ts`: **close** comes before **flush**.");
  child.command("rg -n 'close\\(' src", "src/store.ts:14:    this.file.close();\n");
  child.usage();
  child.endTurn();
  root.subAgent(child, "completed");
  root.changes({
    "/home/demo/parcel/src/store.ts": { type: "update", unified_diff: DIFF },
    "/home/demo/parcel/tests/restart_test.ts": {
      type: "add",
      content: 'Deno.test("nothing is lost", async () => {\n  await restart();\n});\n',
    },
  });
  root.ts += 9_000;
  root.item({ type: "ContextCompaction" });
  root.assistant(ANSWER);
  root.usage();
  root.endTurn();
  root.ts += 4_000;
  root.command("deno task build --watch", "Built in 3.9 s\n", { ms: 12_000, turn_id: first });
  root.ts += 20_000;
  root.startTurn();
  root.user("And the changelog?");
  root.assistant("I am on it.");
  const fork = new SessionFile(world, { n: 3, forked_from: root, ts: now - 30_000 });
  fork.startTurn();
  fork.user("The same with a queue in place of the file");
  fork.usage();
  fork.endTurn();
  return {
    root,
    child,
    failed,
    fork,
    [Symbol.dispose]() {
      for (const file of [root, child, failed, fork]) file[Symbol.dispose]();
    },
  };
}
