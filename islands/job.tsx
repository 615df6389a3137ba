/** One job: what was asked, how far it got, who says so, what came out. */
import { useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { JobRow } from "../server/wire.ts";
import { fetchJob } from "./api.ts";
import { CopyButton } from "./copy_button.tsx";
import { JobCost } from "./cost.tsx";
import { Detail } from "./detail.tsx";
import { ExportLinks } from "./export_links.tsx";
import { formatBytes, UNKNOWN } from "./format.ts";
import { JobTranscript, JobTurns, useJobWork } from "./job_codex.tsx";
import { JobTime } from "./job_time.tsx";
import { agentPath } from "./links.ts";
import { type JobDetail, outputLine } from "./page_state.ts";
import { missingPrompt } from "./prompt_text.tsx";
import { Receipts } from "./receipts.tsx";
import { job_detail, putLines, stale } from "./state.ts";
import { JobStatusBadge, sourceWords } from "./status.tsx";
import { Age, DateTime } from "./times.tsx";
import { TokenList } from "./tokens.tsx";

export function Job() {
  return job_detail.value && <JobPage detail={job_detail.value} />;
}

function JobPage({ detail }: { detail: JobDetail }) {
  const { job } = detail;
  const work = useJobWork(job);
  useSignalEffect(() => {
    if (stale.value === 0) return;
    const shown = job_detail.peek();
    if (shown) refetch(shown.job.job_id);
  });
  return (
    <div class="page job-page">
      <header class="job-head">
        <p class="crumbs">
          <a href="/jobs">Jobs</a> <span aria-hidden="true">/</span>
          <code class="id" dir="ltr">{job.job_id}</code>
          <CopyButton text={job.job_id} what="the job id" />
        </p>
        <div class="job-title">
          <h1>
            {job.agent ? <bdi>{job.agent}</bdi> : "No agent"}
          </h1>
          <JobStatusBadge job={job} />
          <ExportLinks job_id={job.job_id} />
        </div>
        <p class="hint">
          {sourceWords(job.status_source)}, changed <Age ts={job.updated_ts} />
        </p>
        {job.status_detail && <Detail text={job.status_detail} status={job.status} />}
      </header>
      <div class="job-main">
        <section class="card prompt" aria-labelledby="prompt-title">
          <header>
            <h2 id="prompt-title">Prompt</h2>
            {job.prompt_text !== null && <CopyButton text={job.prompt_text} what="the prompt" />}
          </header>
          {job.prompt_text === null
            ? <p class="empty">{missingPrompt(job)}</p>
            : <pre class="text" dir="auto" tabIndex={0}>{job.prompt_text}</pre>}
        </section>
        <JobTranscript detail={detail} work={work} />
      </div>
      <aside class="job-side" aria-label="About this job">
        <section class="card" aria-labelledby="receipts-title">
          <h2 id="receipts-title">Delivery</h2>
          <Receipts job={job} />
        </section>
        <section class="card" aria-labelledby="tokens-title">
          <h2 id="tokens-title">Tokens</h2>
          <TokenList tokens={job} />
          <JobCost detail={detail} />
        </section>
        <JobTurns job={job} work={work} />
        <Facts job={job} has_turn={work !== null && work.turns.length > 0} />
      </aside>
    </div>
  );
}

async function refetch(job_id: string): Promise<void> {
  const answer = await fetchJob(job_id).catch(() => undefined);
  const shown = job_detail.peek();
  if (!answer?.job || !shown) return;
  const lines = answer.events.flatMap((event) => outputLine(event) ?? []);
  job_detail.value = putLines({ ...shown, job: answer.job }, lines);
}

/** What a turn's own facts say is not said again. */
function Facts({ job, has_turn }: { job: JobRow; has_turn: boolean }) {
  return (
    <section class="card" aria-labelledby="facts-title">
      <h2 id="facts-title">Facts</h2>
      <dl class="fact-list">
        <Fact word="Duration">
          <JobTime job={job} />
        </Fact>
        <Fact word="Agent">
          {job.agent
            ? (
              <a href={agentPath(job.agent)}>
                <bdi>{job.agent}</bdi>
              </a>
            )
            : UNKNOWN}
        </Fact>
        {!has_turn && <Fact word="Model">{job.model ?? UNKNOWN}</Fact>}
        {!has_turn && job.effort && <Fact word="Effort">{job.effort}</Fact>}
        {!has_turn && job.sandbox && <Fact word="Sandbox">{job.sandbox}</Fact>}
        {!has_turn && job.approval_policy && <Fact word="Approval">{job.approval_policy}</Fact>}
        <Fact word="Pane">{job.pane_id ?? UNKNOWN}</Fact>
        <Fact word="Sent">
          <DateTime ts={job.started_ts} />
        </Fact>
        <Fact word="Ended">
          {job.finished_ts === null ? UNKNOWN : <DateTime ts={job.finished_ts} />}
        </Fact>
        <Fact word="Exit code">{job.exit_code ?? UNKNOWN}</Fact>
        {job.marker && <Fact word="Marker">{job.marker}</Fact>}
        {job.dispatch_id && job.dispatch_id !== job.job_id && (
          <Fact word="Dispatch">{job.dispatch_id}</Fact>
        )}
        {job.prompt_bytes !== null && (
          <Fact word="Prompt size">{formatBytes(job.prompt_bytes)}</Fact>
        )}
        {job.output_path && <Fact word="Output file">{job.output_path}</Fact>}
      </dl>
    </section>
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
