/** All jobs, narrowed by the filters in the address. */
import { computed, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { JOB_STATUSES } from "../server/wire.ts";
import { fetchJobs } from "./api.ts";
import { StatusIcon } from "./icons.tsx";
import { JobsTable } from "./jobs_table.tsx";
import { JOBS_LIMIT, JOBS_LIMIT_MAX, jobsPath } from "./links.ts";
import type { JobsQuery } from "./page_state.ts";
import { agents, jobs, jobs_query, sortJobs, stale } from "./state.ts";
import { JOB_WORDS } from "./status.tsx";

const ALL: JobsQuery = { status: null, agent: null, limit: JOBS_LIMIT };

const query = computed(() => jobs_query.value ?? ALL);

const shown = computed(() => {
  const { status, agent, limit } = query.value;
  return jobs.value.filter((job) =>
    (status === null || job.status === status) && (agent === null || job.agent === agent)
  ).slice(0, limit);
});

export function Jobs() {
  useSignalEffect(() => {
    if (stale.value === 0) return;
    fetchJobs(query.peek()).then((rows) => {
      const fetched = new Set(rows.map(({ job_id }) => job_id));
      jobs.value = sortJobs([...rows, ...jobs.peek().filter(({ job_id }) => !fetched.has(job_id))]);
    }).catch(() => {/* the next snapshot asks again; until then the badge says what is wrong */});
  });
  return (
    <div class="page">
      <h1>Jobs</h1>
      <Filters />
      {shown.value.length
        ? (
          <div class="card">
            <JobsTable jobs={shown.value} caption="Jobs" />
          </div>
        )
        : <NoJobs />}
      <More />
    </div>
  );
}

function Filters() {
  const { status, agent } = query.value;
  const names = new Set(agents.value.map((row) => row.agent));
  if (agent !== null) names.add(agent);
  return (
    <div class="filters">
      <nav class="segments" aria-label="Status">
        {[null, ...JOB_STATUSES].map((each) => (
          <FilterLink
            key={each}
            to={{ ...query.value, status: each, limit: JOBS_LIMIT }}
            is_on={status === each}
          >
            {each && <StatusIcon status={each} />}
            {each === null ? "All" : JOB_WORDS[each]}
          </FilterLink>
        ))}
      </nav>
      {names.size > 0 && (
        <nav class="segments" aria-label="Agent">
          {[null, ...[...names].sort()].map((each) => (
            <FilterLink
              key={each}
              to={{ ...query.value, agent: each, limit: JOBS_LIMIT }}
              is_on={agent === each}
            >
              {each === null ? "All agents" : <bdi>{each}</bdi>}
            </FilterLink>
          ))}
        </nav>
      )}
    </div>
  );
}

function FilterLink(
  { to, is_on, children }: {
    to: JobsQuery;
    is_on: boolean;
    children: ComponentChildren;
  },
) {
  return <a href={jobsPath(to)} aria-current={is_on ? "true" : undefined}>{children}</a>;
}

function NoJobs() {
  const { status, agent } = query.value;
  const is_filtered = status !== null || agent !== null;
  return (
    <div class="card nothing">
      <p>{is_filtered ? "No job matches these filters." : "No jobs yet."}</p>
      {is_filtered
        ? <a class="button" href="/jobs">Show all jobs</a>
        : <p class="hint">Send one from the tower, or with codexdash send.</p>}
    </div>
  );
}

function More() {
  const { limit } = query.value;
  if (shown.value.length < limit || limit >= JOBS_LIMIT_MAX) return null;
  const more = Math.min(JOBS_LIMIT_MAX, limit * 2);
  return (
    <p class="more">
      <a class="button" href={jobsPath({ ...query.value, limit: more })}>Show {more} jobs</a>
    </p>
  );
}
