/** A job as Codex's session file has it: its transcript, and its thread and turns beside it. */
import { useEffect } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { CodexWork, JobRow, TurnRow } from "../server/wire.ts";
import { fetchJobWork } from "./api.ts";
import { coalesce } from "./coalesce.ts";
import { job_work, onThreadNews, threadsOf } from "./codex_state.ts";
import { formatCount, formatDuration, UNKNOWN } from "./format.ts";
import { LazyTranscript } from "./lazy_transcript.tsx";
import { jobPath, threadPath } from "./links.ts";
import type { JobDetail } from "./page_state.ts";
import { ThreadTrees } from "./thread_list.tsx";
import { threadTrees } from "./thread_tree.ts";
import { shortId } from "./thread_words.ts";
import { Transcript } from "./transcript.tsx";
import { tokenParts } from "./turn.tsx";
import { TurnBadge } from "./turn_status.tsx";

const NEWS_PAUSE_MS = 500;

/** Keeps `job_work` true while the page shows this job. */
export function useJobWork({ job_id, thread_id }: JobRow): CodexWork | null {
  useEffect(() => {
    const ask = coalesce(async () => {
      job_work.value = await fetchJobWork(job_id).catch(() => job_work.peek());
    }, NEWS_PAUSE_MS);
    if (thread_id !== (job_work.peek()?.thread?.thread_id ?? null)) ask();
    return onThreadNews((news) => {
      const own = job_work.peek() ? threadsOf(job_work.peek()!) : [];
      if (news === null || own.some((id) => news.has(id))) ask();
    });
  }, [job_id, thread_id]);
  return job_work.value;
}

/** The transcript where a session file is known; else what was printed, which says so. */
export function JobTranscript({ detail, work }: { detail: JobDetail; work: CodexWork | null }) {
  if (!work?.thread) return <Transcript detail={detail} title="Output" has_note />;
  const { job } = detail;
  return (
    <>
      <section class="card session" aria-labelledby="session-title">
        <header>
          <h2 id="session-title">Transcript</h2>
        </header>
        <LazyTranscript
          path={`/api${jobPath(job.job_id)}/transcript`}
          thread_id={work.thread.thread_id}
          turns={work.turns}
          sub_agents={work.sub_agents}
          has_heads={work.turns.length > 1}
          follows
        />
      </section>
      {detail.lines.length > 0 && <Transcript detail={detail} title="Output" />}
    </>
  );
}

/** The thread and each turn of the job, and the sub-agents that worked for them. */
export function JobTurns({ job, work }: { job: JobRow; work: CodexWork | null }) {
  if (!work?.thread) return null;
  return (
    <>
      <section class="card" aria-labelledby="turns-title">
        <h2 id="turns-title">{work.turns.length > 1 ? "Turns" : "Turn"}</h2>
        <dl class="fact-list">
          <Fact word="Thread">
            <a href={threadPath(work.thread.thread_id)} title={work.thread.thread_id}>
              {shortId(work.thread.thread_id)}
            </a>
          </Fact>
          {work.turns.map((turn) => <TurnFacts key={turn.turn_id} job={job} turn={turn} />)}
        </dl>
      </section>
      {work.sub_agents.length > 0 && (
        <section class="card" aria-labelledby="tree-title">
          <h2 id="tree-title">Sub-agents</h2>
          <ThreadTrees nodes={threadTrees(work.sub_agents)} label="Sub-agents" is_small />
        </section>
      )}
    </>
  );
}

function TurnFacts({ job, turn }: { job: JobRow; turn: TurnRow }) {
  const others = turn.job_ids.filter((id) => id !== job.job_id);
  return (
    <>
      <Fact word="Status">
        <TurnBadge status={turn.status} />
      </Fact>
      {turn.trigger && <Fact word="Started by">{turn.trigger}</Fact>}
      <Fact word="Model">{turn.model ?? UNKNOWN}</Fact>
      <Fact word="Effort">{turn.effort ?? UNKNOWN}</Fact>
      <Fact word="Sandbox">{turn.sandbox ?? UNKNOWN}</Fact>
      <Fact word="Approval">{turn.approval_policy ?? UNKNOWN}</Fact>
      {turn.cwd && <Fact word="Folder">{turn.cwd}</Fact>}
      <Fact word="Duration">
        {turn.duration_ms === null ? UNKNOWN : formatDuration(turn.duration_ms)}
      </Fact>
      <Fact word="Tokens">
        {turn.total_tokens > 0
          ? [`${formatCount(turn.total_tokens)} exact`, ...tokenParts(turn)].join(", ")
          : UNKNOWN}
      </Fact>
      {others.length > 0 && (
        <Fact word="Shared with">
          {others.map((id, index) => (
            <span key={id}>
              {index > 0 && ", "}
              <a href={jobPath(id)} title={id}>job {shortId(id)}</a>
            </span>
          ))}
        </Fact>
      )}
    </>
  );
}

function Fact({ word, children }: { word: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{word}</dt>
      <dd>{children}</dd>
    </div>
  );
}
