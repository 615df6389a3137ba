/** The first line of the tower: does anything wait for me, and how much goes on. */
import { AGENT_STATUSES, type AgentStatus, type JobStatus } from "../server/wire.ts";
import { done_today } from "./done_today.ts";
import { StatusIcon } from "./icons.tsx";
import { agents, jobs, waiting } from "./state.ts";
import { AGENT_WORDS, JOB_WORDS } from "./status.tsx";

export function Summary() {
  const by_status = countBy(agents.value.map(({ status }) => status));
  return (
    <section class="summary" aria-label="Summary">
      <h1 aria-live="polite">{headline(agents.value.length, waiting.value.length)}</h1>
      <ul class="counts" aria-label="Agents by status">
        {AGENT_STATUSES.filter((status) => by_status.get(status)).map((status) => (
          <Count
            key={status}
            status={status}
            count={by_status.get(status) ?? 0}
            word={AGENT_WORDS[status]}
          />
        ))}
      </ul>
      <ul class="counts" aria-label="Jobs">
        <JobCount status="running" />
        <JobCount status="blocked" />
        <Count
          status="done"
          count={done_today.value ?? "—"}
          word="Done today"
          href="/jobs?status=done"
        />
      </ul>
    </section>
  );
}

function JobCount({ status }: { status: JobStatus }) {
  const count = jobs.value.filter((job) => job.status === status).length;
  const word = `${JOB_WORDS[status]} ${count === 1 ? "job" : "jobs"}`;
  return <Count status={status} count={count} word={word} href={`/jobs?status=${status}`} />;
}

function Count(
  { status, count, word, href }: {
    status: AgentStatus | JobStatus;
    count: number | string;
    word: string;
    href?: string;
  },
) {
  const content = (
    <>
      <StatusIcon status={status} />
      <b>{count}</b> {word}
    </>
  );
  return (
    <li class={count === 0 ? "count-item zero" : `count-item s-${status}`}>
      {href ? <a href={href}>{content}</a> : <span>{content}</span>}
    </li>
  );
}

function headline(agent_count: number, waiting_count: number): string {
  if (agent_count === 0) return "No agents yet";
  if (waiting_count === 0) return "Nothing waits for you";
  return waiting_count === 1 ? "1 agent waits for you" : `${waiting_count} agents wait for you`;
}

function countBy<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
