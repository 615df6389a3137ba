/**
 * What the program knows, held against what the model served: tokens by response, turn, job, thread
 * and agent, and every word of the answers.
 */
import assert from "node:assert/strict";
import { openStore } from "../../server/store/db.ts";
import type {
  JobRow,
  ThreadRow,
  TokenUsage,
  TranscriptItem,
  TurnRow,
  UsageRow,
} from "../../server/wire.ts";
import { retryUntil } from "../support/retry.ts";
import { dumpFolded } from "../support/store.ts";
import type { Usage } from "./answer.ts";
import type { ModelRequest } from "./model.ts";
import type { Tower } from "./tower.ts";

export interface ThreadPage {
  thread: ThreadRow;
  turns: TurnRow[];
  sub_agents: ThreadRow[];
  items: TranscriptItem[];
}

/** What the server answers at `path`; throws unless that is 200. */
export async function get<T>(tower: Tower, path: string): Promise<T> {
  const response = await fetch(`${tower.url}${path}`);
  assert.equal(response.status, 200, path);
  return await response.json();
}

export async function threadPage(tower: Tower, thread_id: string | null): Promise<ThreadPage> {
  return await get<ThreadPage>(tower, `/api/threads/${thread_id}`);
}

/** The job once its session file has said how it ended. */
export async function ended(
  tower: Tower,
  job_id: string,
  status: JobRow["status"],
): Promise<JobRow> {
  return await tower.live.until(`${job_id} ${status}, says its session file`, () => {
    const job = tower.live.jobs.get(job_id);
    return job?.status === status && job.status_source === "rollout" && job;
  });
}

/** A job's statuses, but "running": what the model answers at once can be over before that is told. */
export function wentThrough(tower: Tower, job_id: string): string[] {
  return tower.live.jobStatuses(job_id).filter((status) => status !== "running");
}

/** The same numbers as the wire's names say them. */
export function asWire({ input, cached, output, reasoning }: Usage): TokenUsage {
  return {
    input_tokens: input,
    cached_input_tokens: cached,
    output_tokens: output,
    reasoning_output_tokens: reasoning,
    total_tokens: input + output,
  };
}

/** Waits until the program has counted every answer that Codex got, then compares all of it. */
export async function assertServed(tower: Tower): Promise<void> {
  const served = answers(tower);
  const by_thread = await retryUntil("every answer counted", async () => {
    const rows = await get<UsageRow[]>(tower, "/api/usage?by=thread&limit=5000");
    return rows.reduce((sum, row) => sum + row.responses, 0) >= served.length && rows;
  }, 30_000);
  assert.deepEqual(
    figures(by_thread.map((row) => [row.key ?? "", row])),
    figures(sums(served, ({ thread_id }) => thread_id)),
    "tokens by thread",
  );
  const threads = await get<ThreadRow[]>(tower, "/api/threads?limit=1000");
  const by_agent = await get<UsageRow[]>(tower, "/api/usage?by=agent");
  const pages = await Promise.all(
    threads.map(({ thread_id }) => threadPage(tower, thread_id)),
  );
  // By the agent that ran the turn: a thread can go on in another pane.
  const agents = new Map(
    pages.flatMap(({ thread, turns }) =>
      turns.map(({ turn_id, agent }) => [turn_id, agent ?? thread.agent ?? ""])
    ),
  );
  assert.deepEqual(
    figures(by_agent.map((row) => [row.key ?? "", row])),
    figures(sums(served, ({ turn_id }) => agents.get(turn_id) ?? "?")),
    "tokens by agent",
  );
  for (const { thread, turns, items } of pages) {
    const row: [string, TokenUsage] = [thread.thread_id, thread];
    const own = served.filter(({ thread_id }) => thread_id === thread.thread_id);
    assert.deepEqual(
      figures([row].filter(([, tokens]) => hasTokens(tokens))),
      figures(sums(own, ({ thread_id }) => thread_id)),
      "a thread's own tokens",
    );
    assert.deepEqual(
      figures(turns.filter(hasTokens).map((turn) => [turn.turn_id, turn])),
      figures(sums(own, ({ turn_id }) => turn_id)),
      "tokens by turn",
    );
    assert.deepEqual(
      items.filter(({ item }) => item === "assistant").map(({ text }) => text),
      own.filter(({ scenario }) => scenario !== "compact").flatMap(({ answer }) => answer!.texts),
      "what was said",
    );
    for (const turn of turns) await assertJobs(tower, turn);
  }
}

/** Stops the server: the rows that `codexdash rebuild` makes of the log are those that were there. */
export async function assertRebuilds(tower: Tower): Promise<void> {
  await tower.stopServer();
  const before = dump(tower);
  assert.notDeepEqual(before["jobs"], []);
  const { code, stderr } = await tower.run(["rebuild"]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(dump(tower), before);
}

function dump(tower: Tower): Record<string, unknown[]> {
  using store = openStore(tower.world.db);
  return dumpFolded(store);
}

/** A job has its turn's tokens, whole, and says whether others have the same. */
async function assertJobs(tower: Tower, turn: TurnRow): Promise<void> {
  for (const job_id of turn.job_ids) {
    const { job } = await get<{ job: JobRow }>(tower, `/api/jobs/${job_id}`);
    assert.equal(job.total_tokens_exact ?? 0, turn.total_tokens, `${job_id}'s total`);
    assert.equal(job.prompt_tokens_exact ?? 0, turn.input_tokens, `${job_id}'s input`);
    assert.equal(job.completion_tokens_exact ?? 0, turn.output_tokens, `${job_id}'s output`);
    assert.equal(job.shared_with, turn.job_ids.length - 1, `${job_id} shares`);
    const shown = tower.live.jobs.get(job_id);
    assert.equal(shown?.total_tokens_exact, job.total_tokens_exact, `${job_id} on the page`);
  }
}

/** Every request that Codex got a whole answer to, without the hidden ones for titles. */
function answers(tower: Tower): ModelRequest[] {
  return tower.world.model.requests.filter(({ scenario, answer }) =>
    scenario !== "title" && answer?.usage !== undefined
  );
}

function sums(
  requests: readonly ModelRequest[],
  keyOf: (request: ModelRequest) => string,
): [string, TokenUsage][] {
  const sums = new Map<string, TokenUsage>();
  for (const request of requests) {
    const usage = asWire(request.answer!.usage!);
    const sum = sums.get(keyOf(request));
    if (!sum) sums.set(keyOf(request), usage);
    else for (const name of NAMES) sum[name] += usage[name];
  }
  return [...sums];
}

const NAMES = [
  "input_tokens",
  "cached_input_tokens",
  "output_tokens",
  "reasoning_output_tokens",
  "total_tokens",
] as const;

function hasTokens(row: TokenUsage): boolean {
  return row.total_tokens > 0;
}

/** Only the numbers, by name: comparable and readable when they differ. */
function figures(rows: [string, TokenUsage][]): Record<string, number[]> {
  return Object.fromEntries(
    rows.map(([key, row]): [string, number[]] => [key, NAMES.map((name) => row[name])])
      .sort(([a], [b]) => a < b ? -1 : 1),
  );
}
