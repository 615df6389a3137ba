/**
 * Agents that joined Codex's shared daemon, as a plain `codex` does: no process of a pane holds a
 * session file, and yet turns, tokens and states are each agent's own. One world for all of it.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { TITLE_ITEMS } from "../../server/codex/title.ts";
import type { ThreadRow } from "../../server/wire.ts";
import { CodexDaemon } from "./daemon.ts";
import { USAGE } from "./scenarios.ts";
import { Tower } from "./tower.ts";
import {
  assertRebuilds,
  assertServed,
  asWire,
  ended,
  get,
  threadPage,
  wentThrough,
} from "./truth.ts";
import { CodexWorld } from "./world.ts";

const APPROVAL = /Would you like to run the following command\?/;
const PLAIN = asWire(USAGE.plain).total_tokens;

Deno.test("agents of one daemon", async (t) => {
  await using tower = new Tower(new CodexWorld({ embedded: false }));
  await using _daemon = await CodexDaemon.start(tower.world);
  const agents = ["fast", "deep", "test", "sec"];
  const up = await tower.run(["up", "--windows", "--noattach", "--agents", agents.join(",")]);
  assert.equal(up.code, 0, up.stderr);
  await tower.startServer();
  for (const agent of agents) await tower.agentIs(agent, "idle");

  await t.step(
    "two at once do not get into each other's way: markers tell them apart",
    async () => {
      await tower.send("job-fast", "fast", "mock:hold=fast go");
      await tower.send("job-deep", "deep", "mock:hold=deep go");
      for (const agent of ["fast", "deep"]) {
        await tower.agentIs(agent, "working");
        await tower.jobIs(`job-${agent}`, "running");
      }
      tower.world.model.release("deep");
      const deep = await ended(tower, "job-deep", "done");
      await tower.agentIs("deep", "idle");
      assert.equal(tower.live.agents.get("fast")?.status, "working");
      assert.equal(tower.live.jobs.get("job-fast")?.status, "running");
      tower.world.model.release("fast");
      const fast = await ended(tower, "job-fast", "done");
      await tower.agentIs("fast", "idle");
      assert.notEqual(fast.thread_id, deep.thread_id);
      for (const job of [fast, deep]) {
        assert.equal((await threadPage(tower, job.thread_id)).thread.agent, job.agent);
        assert.equal(job.total_tokens_exact, PLAIN);
      }
      await assertServed(tower);
    },
  );

  await t.step("an approval blocks its own job and no other", async () => {
    const file = join(tower.world.repo, "asked.txt");
    await tower.send("job-ask", "fast", `mock:escalate=touch ${file}`);
    await tower.jobIs("job-ask", "blocked");
    await tower.live.until("the approval's code", () => {
      const row = tower.live.agents.get("fast");
      return row?.status === "approval" && row.status_code === "approval";
    });
    assert.equal(tower.live.agents.get("deep")?.status, "idle");
    await tower.world.answer(tower.pane("fast"), APPROVAL, "y");
    await ended(tower, "job-ask", "done");
    await Deno.stat(file);
    assert.deepEqual(wentThrough(tower, "job-ask").slice(-2), ["blocked", "done"]);
    await tower.agentIs("fast", "idle");
  });

  await t.step("Escape in one pane cancels that agent's job", async () => {
    await tower.send("job-other", "fast", "mock:hold=other go");
    await tower.send("job-stop", "deep", "mock:hold=never go");
    await tower.world.seeOnScreen(tower.pane("deep"), /The first half\.(?![^]*Worked for)/);
    await tower.jobIs("job-stop", "running");
    await tower.world.press(tower.pane("deep"), "Escape");
    await ended(tower, "job-stop", "cancelled");
    await tower.agentIs("deep", "idle");
    assert.equal(tower.live.jobs.get("job-other")?.status, "running");
    tower.world.model.release("other");
    await ended(tower, "job-other", "done");
    await assertServed(tower);
  });

  await t.step("a thread that nothing ties to a pane is shown without an agent", async () => {
    const sent = await tower.run([
      ...["send", "test", "--nojob", "--wait", "0", "--", "mock:plain bare"],
    ]);
    assert.equal(sent.code, 0, sent.stderr);
    await tower.world.seeOnScreen(tower.pane("test"), /Worked for/);
    await tower.agentIs("test", "idle");
    await assertServed(tower);
    const unmapped = await get<ThreadRow[]>(tower, "/api/threads?mapped=false");
    assert.deepEqual(
      unmapped.map(({ preview, agent, total_tokens }) => [preview, agent, total_tokens]),
      [["mock:plain bare", null, PLAIN]],
    );
  });

  await t.step(
    "with a thread id in its title a pane needs no marker, also after /new",
    async () => {
      const config = join(tower.world.codex_home, "config.toml");
      const toml = await Deno.readTextFile(config);
      // Codex itself has written this table meanwhile.
      assert.match(toml, /^\[tui\]$/m);
      const titled = `[tui]\nterminal_title = ${JSON.stringify(TITLE_ITEMS)}\n`;
      await Deno.writeTextFile(config, toml.replace(/^\[tui\]\n/m, titled));
      await tower.restart("test");
      for (const [index, prompt] of ["mock:plain titled", "mock:plain anew"].entries()) {
        const sent = await tower.run(["send", "test", "--nojob", "--wait", "0", "--", prompt]);
        assert.equal(sent.code, 0, sent.stderr);
        await tower.live.until(`${prompt} mapped`, () => {
          const mapped = tower.live.events.filter((event) =>
            event.type === "thread_mapped" && event.agent === "test" && event["via"] === "title"
          );
          return mapped.length > index;
        });
        await tower.world.seeOnScreen(tower.pane("test"), new RegExp(`${prompt}[^]*Worked for`));
        await tower.agentIs("test", "idle");
        if (index === 0) await tower.world.command(tower.pane("test"), "/new");
      }
      await assertServed(tower);
      const threads = await get<ThreadRow[]>(tower, "/api/threads?agent=test");
      assert.deepEqual(threads.map(({ preview }) => preview), [
        "mock:plain anew",
        "mock:plain titled",
      ]);
    },
  );

  await t.step("a turn whose pane is killed goes on, and its job ends as it ended", async () => {
    await tower.send("job-orphan", "sec", "mock:hold=orphan go");
    await tower.jobIs("job-orphan", "running");
    await tower.world.seeOnScreen(tower.pane("sec"), /The first half\./);
    await tower.world.tmux("kill-pane", "-t", tower.pane("sec"));
    await tower.agentIs("sec", "missing");
    tower.world.model.release("orphan");
    const job = await ended(tower, "job-orphan", "done");
    assert.equal(job.total_tokens_exact, PLAIN);
    assert.equal(job.status_detail, null);
    assert.equal(tower.live.agents.get("sec")?.status, "missing");
    assert.deepEqual(tower.live.jobStatuses("job-orphan"), ["queued", "running", "done"]);
    await assertServed(tower);
  });
  assert.deepEqual(tower.live.faults, []);
  await assertRebuilds(tower);
});
