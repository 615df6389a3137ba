/** Turns whose Codex was killed, with real processes that hold a thread's lock and drop it. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { loadConfig } from "../../server/config.ts";
import { type RunningServer, startServer } from "../../server/serve.ts";
import { rebuild } from "../../server/store/commit.ts";
import { openStore } from "../../server/store/db.ts";
import type { AgentRow, EventPayload, JobRow, TurnRow } from "../../server/wire.ts";
import { retryUntil } from "../support/retry.ts";
import { rolloutLines } from "../support/rollouts.ts";
import { TestWorld } from "../support/temp.ts";

const SLOW_MS = 60_000;
const THREAD = "01a1fbcc-a926-71b3-b5de-54b32bc29d40";
const TURN = "01a1fbcc-a950-7ca3-b5e6-fb5ba10f9f58";

/** The recording of a killed turn as another thread's, its prompt that of the job `job-<n>`. */
class KilledThread {
  readonly thread_id: string;
  readonly turn_id: string;
  readonly job_id: string;
  readonly lock: string;
  readonly #path: string;

  constructor(home: string, n: number) {
    const end = String(n).padStart(12, "0");
    this.thread_id = THREAD.slice(0, -12) + end;
    this.turn_id = TURN.slice(0, -12) + end;
    this.job_id = `job-${n}`;
    const name = `rollout-2026-11-21T01-50-56-${this.thread_id}.jsonl`;
    this.#path = join(home, "sessions", "2026", "11", "21", name);
    this.lock = join(home, "thread-writer-locks", `${this.thread_id}.lock`);
  }

  dispatch(agent: string | null): EventPayload {
    return {
      type: "dispatch",
      ts: 1_795_225_850_000,
      job_id: this.job_id,
      agent,
      driver: "builtin",
      prompt_text: "p",
      prompt_hash: null,
      prompt_bytes: 1,
    };
  }

  write(): void {
    const lines = rolloutLines("rollout-killed").map((line) => {
      const text = line.replaceAll(THREAD, this.thread_id).replaceAll(TURN, this.turn_id);
      const parsed = JSON.parse(text);
      const { item } = parsed.payload;
      if (item?.type === "UserMessage") item.content[0].text = `[JOB:${this.job_id}] p`;
      return JSON.stringify(parsed);
    });
    this.append(lines);
  }

  /** What a Codex that is started again writes of one more turn. */
  resume(turn_id: string, job_id: string): void {
    const head = { timestamp: new Date().toISOString(), ordinal: 100, type: "event_msg" };
    const item = {
      type: "UserMessage",
      content: [{ type: "text", text: `[JOB:${job_id}] again` }],
    };
    const payloads = [
      { type: "task_started", turn_id },
      { type: "item_completed", turn_id, item },
      { type: "task_complete", turn_id, last_agent_message: "done" },
    ];
    this.append(payloads.map((payload) => JSON.stringify({ ...head, payload })));
  }

  append(lines: string[]): void {
    Deno.mkdirSync(dirname(this.#path), { recursive: true });
    Deno.writeTextFileSync(this.#path, lines.join("\n") + "\n", { append: true });
  }
}

/** A program that takes the thread's lock as Codex does and keeps it until it is killed. */
function holder({ lock }: KilledThread): string[] {
  Deno.mkdirSync(dirname(lock), { recursive: true });
  return ["sh", "-c", `exec 9>'${lock}'; flock 9; exec sleep infinity`];
}

function start(world: TestWorld): RunningServer {
  return startServer(loadConfig({ port: "0", log: "error" }, world.env()));
}

async function get<T>({ url }: RunningServer, path: string): Promise<T> {
  return await (await fetch(`${url}${path}`)).json();
}

async function jobOf(server: RunningServer, { job_id }: KilledThread): Promise<JobRow> {
  return (await get<{ job: JobRow }>(server, `/api/jobs/${job_id}`)).job;
}

function untilJob(server: RunningServer, thread: KilledThread, status: string): Promise<JobRow> {
  return retryUntil(`${thread.job_id} ${status}`, async () => {
    const job = await jobOf(server, thread);
    return job?.status === status && job.status_source === "rollout" && job;
  }, SLOW_MS);
}

async function agentOf(server: RunningServer, name: string): Promise<AgentRow | undefined> {
  const agents = await get<AgentRow[]>(server, "/api/agents");
  return agents.find(({ agent }) => agent === name);
}

async function turnsOf(server: RunningServer, { thread_id }: KilledThread): Promise<TurnRow[]> {
  return (await get<{ turns: TurnRow[] }>(server, `/api/threads/${thread_id}`)).turns;
}

async function untilLocked({ lock }: KilledThread): Promise<void> {
  await retryUntil("the lock is held", () => {
    const { ino } = Deno.statSync(lock);
    return Deno.readTextFileSync("/proc/locks").includes(`:${ino} `);
  }, SLOW_MS);
}

const append = (world: TestWorld, ...events: EventPayload[]) =>
  Deno.writeTextFileSync(
    world.events,
    events.map((event) => JSON.stringify(event) + "\n").join(""),
    { append: true },
  );

Deno.test("a turn is lost once its Codex was killed, and its thread can go on", async () => {
  await using world = new TestWorld();
  const pane_thread = new KilledThread(world.codex_home, 1);
  const daemon_thread = new KilledThread(world.codex_home, 2);
  await world.tmux("new-session", "-d", "-s", "codexctl", "-n", "fast", ...holder(pane_thread));
  await world.tmux("new-window", "-d", "-t", "codexctl:", "-n", "deep", "sleep", "infinity");
  // Codex's daemon: no pane's process holds the thread.
  const [program = "", ...args] = holder(daemon_thread);
  const daemon = new Deno.Command(program, { args }).spawn();
  for (const thread of [pane_thread, daemon_thread]) {
    await untilLocked(thread);
    thread.write();
  }
  append(world, pane_thread.dispatch("fast"), daemon_thread.dispatch("deep"));
  let server = start(world);
  try {
    for (const thread of [pane_thread, daemon_thread]) await untilJob(server, thread, "running");
    await retryUntil("deep", async () => (await agentOf(server, "deep"))?.pane_id, SLOW_MS);

    const pid = await world.tmux("display-message", "-p", "-t", "codexctl:fast", "#{pane_pid}");
    Deno.kill(Number(pid), "SIGKILL");
    await world.tmux("kill-window", "-t", "codexctl:deep");
    const job = await retryUntil("a lost turn", async () => {
      const job = await jobOf(server, pane_thread);
      return job.status === "error" && job.status_source === "rollout" && job;
    }, SLOW_MS);
    assert.equal(job.status_detail, "Codex was killed before its turn ended");
    const [turn] = await turnsOf(server, pane_thread);
    assert.equal(turn?.status, "lost");
    // Its last line is the last that is known of it.
    assert.equal(turn.finished_ts, Date.parse("2026-11-21T01:50:56.454Z"));
    // Its pane is gone as well, and the daemon works on.
    assert.equal((await turnsOf(server, daemon_thread))[0]?.status, "running");

    pane_thread.resume("turn-again", "job-again");
    await retryUntil("the resumed turn", async () => {
      const { job } = await get<{ job: JobRow | null }>(server, "/api/jobs/job-again");
      return job?.status === "done";
    }, SLOW_MS);
    const turns = await turnsOf(server, pane_thread);
    assert.deepEqual(turns.map(({ status }) => status), ["lost", "done"]);
    assert.equal((await jobOf(server, pane_thread)).status, "error");

    await server.stop();
    daemon.kill("SIGKILL");
    await daemon.status;
    server = start(world);
    const found = await untilJob(server, daemon_thread, "error");
    assert.equal(found.status_detail, "Codex was killed before its turn ended");
  } finally {
    await server.stop();
  }
  using store = openStore(world.db);
  const dump = () =>
    ["agents", "jobs", "threads", "turns"].map((table) =>
      store.all<object>(`SELECT * FROM ${table} ORDER BY 1`).map((row) => ({ ...row }))
    );
  const before = dump();
  rebuild(store);
  assert.deepEqual(dump(), before);
});

Deno.test("a turn whose end was not read yet is not lost", async () => {
  await using world = new TestWorld();
  const [ended, killed] = [1, 2].map((n) => new KilledThread(world.codex_home, n));
  for (const thread of [ended!, killed!]) thread.write();
  append(world, ended!.dispatch("fast"), killed!.dispatch("deep"));
  const [program = "", ...args] = holder(ended!);
  const codex = new Deno.Command(program, { args }).spawn();
  await untilLocked(ended!);
  let server = start(world);
  await untilJob(server, ended!, "running");
  await server.stop();
  codex.kill("SIGKILL");
  await codex.status;
  const payload = { type: "task_complete", turn_id: ended!.turn_id, last_agent_message: "done" };
  const timestamp = new Date().toISOString();
  ended!.append([JSON.stringify({ timestamp, ordinal: 50, type: "event_msg", payload })]);
  server = start(world);
  try {
    await untilJob(server, killed!, "error");
    assert.equal((await jobOf(server, ended!)).status, "done");
    const events = await get<{ type: string; payload: string }[]>(server, "/api/events?limit=200");
    const lost = events.filter(({ type }) => type === "turn_lost");
    assert.deepEqual(lost.map(({ payload }) => JSON.parse(payload).thread_id), [
      killed!.thread_id,
    ]);
  } finally {
    await server.stop();
  }
});
