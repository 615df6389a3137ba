/** What a job printed, in order: its pane's new lines and the controller's, each marked as such. */
import { useSignal } from "@preact/signals";
import { isSameSecond } from "./format.ts";
import { jobPath } from "./links.ts";
import type { JobDetail, OutputLine } from "./page_state.ts";
import { TerminalText } from "./screen.tsx";
import { hydrated } from "./state.ts";
import { Clock } from "./times.tsx";

/** A send that waits prints what the pane shows: with both, a person may want only one of them. */
const VIEWS = [
  { word: "All", type: null },
  { word: "Pane", type: "pane_output" },
  { word: "Controller", type: "controller_output" },
];

interface TranscriptProps {
  detail: JobDetail;
  title: string;
  /** Says why there is nothing but what was printed. */
  has_note?: boolean;
}

export function Transcript({ detail, title, has_note = false }: TranscriptProps) {
  const { job, lines, cut } = detail;
  const view = useSignal<string | null>(null);
  const has_both = new Set(lines.map(({ type }) => type)).size > 1;
  const shown = view.value === null ? lines : lines.filter(({ type }) => type === view.value);
  return (
    <section class="card transcript" aria-labelledby="transcript-title">
      <header>
        <h2 id="transcript-title">{title}</h2>
        {has_both && (
          <div class="segments" role="group" aria-label="Lines of">
            {VIEWS.map(({ word, type }) => (
              <button
                key={word}
                type="button"
                aria-pressed={view.value === type}
                disabled={!hydrated.value}
                onClick={() => view.value = type}
              >
                {word}
              </button>
            ))}
          </div>
        )}
        <a class="button small" href={`${jobPath(job.job_id)}/transcript.txt`} download>
          Download .txt
        </a>
      </header>
      {has_note && (
        <p class="hint">
          No session file of Codex is known for this job: this is what was printed.
        </p>
      )}
      <SubAgents lines={lines} />
      {cut && <p class="hint">Earlier lines are left out here. The download has them all.</p>}
      {shown.length
        ? <OutputLines lines={shown} />
        : <p class="empty">Nothing was printed for this job yet.</p>}
    </section>
  );
}

/** Output in order; the time and origin stand where they change. */
export function OutputLines({ lines }: { lines: readonly OutputLine[] }) {
  return (
    <ol class="output">
      {lines.map((line, index) => (
        <li
          key={line.seq}
          class={`out ${originClass(line)}${isSameOrigin(line, lines[index - 1]) ? " same" : ""}`}
        >
          <span class="out-origin">
            <Clock ts={line.ts} /> {originWords(line)}
          </span>
          <code class="out-text" dir="auto">
            <TerminalText text={line.text} />
          </code>
        </li>
      ))}
    </ol>
  );
}

/** Sub-agents that output named, with how many lines were theirs. */
function SubAgents({ lines }: { lines: readonly OutputLine[] }) {
  const counts = new Map<string, number>();
  for (const { sub_agent } of lines) {
    if (sub_agent !== null) counts.set(sub_agent, (counts.get(sub_agent) ?? 0) + 1);
  }
  if (counts.size === 0) return null;
  return (
    <ul class="sub-agents" aria-label="Sub-agents">
      {[...counts].map(([name, count]) => (
        <li key={name}>
          <bdi>{name}</bdi> {count} {count === 1 ? "line" : "lines"}
        </li>
      ))}
    </ul>
  );
}

function originClass({ type, stream }: OutputLine): string {
  if (stream === "stderr") return "stderr";
  return type === "pane_output" ? "from-pane" : "from-controller";
}

function originWords(line: OutputLine): string {
  if (line.sub_agent) return line.sub_agent;
  if (line.type === "pane_output") return "pane";
  return line.stream === "stderr" ? "controller, error" : "controller";
}

function isSameOrigin(line: OutputLine, before: OutputLine | undefined): boolean {
  return before !== undefined && before.type === line.type && before.stream === line.stream &&
    before.sub_agent === line.sub_agent && isSameSecond(line.ts, before.ts);
}
