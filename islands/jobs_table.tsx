/** Jobs as rows, newest first. On a narrow screen the prompt's cell says what other columns would. */
import type { JobRow } from "../server/wire.ts";
import { JobTime } from "./job_time.tsx";
import { jobPath } from "./links.ts";
import { promptLine } from "./prompt_text.tsx";
import { JobStatusBadge } from "./status.tsx";
import { Age } from "./times.tsx";
import { tokenWords } from "./tokens.tsx";

export function JobsTable({ jobs, caption }: { jobs: readonly JobRow[]; caption: string }) {
  return (
    <table class="jobs">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col" class="wide">Status</th>
          <th scope="col">Prompt</th>
          <th scope="col" class="wide">Agent</th>
          <th scope="col" class="wide number">Tokens</th>
          <th scope="col" class="wide number">Time</th>
          <th scope="col" class="wide number">Sent</th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => <JobLine key={job.job_id} job={job} />)}
      </tbody>
    </table>
  );
}

function JobLine({ job }: { job: JobRow }) {
  return (
    <tr>
      <td class="wide">
        <JobStatusBadge job={job} />
      </td>
      <td class="job-prompt">
        <a href={jobPath(job.job_id)} dir="auto" data-row>{promptLine(job)}</a>
        <p class="narrow">
          <JobStatusBadge job={job} />
          <bdi>{job.agent ?? "no agent"}</bdi>
          <JobTime job={job} />
          <Age ts={job.started_ts} />
        </p>
      </td>
      <td class="wide">
        <bdi>{job.agent ?? "—"}</bdi>
      </td>
      <td class="wide number">{tokenWords(job)}</td>
      <td class="wide number">
        <JobTime job={job} />
      </td>
      <td class="wide number">
        <Age ts={job.started_ts} />
      </td>
    </tr>
  );
}
