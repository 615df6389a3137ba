/** What codexctl, or CodexDash in its place, printed: newest at the bottom, followed while it grows. */
import { useFollow } from "./follow.ts";
import { isSameSecond } from "./format.ts";
import type { OutputLine } from "./page_state.ts";
import { controller } from "./state.ts";
import { TerminalText } from "./screen.tsx";
import { Clock } from "./times.tsx";

export function Timeline() {
  const lines = controller.value;
  const { list, is_following, onScroll, toNewest } = useFollow<HTMLOListElement>(lines);
  return (
    <section class="card timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">Controller</h2>
      {lines.length === 0 && <p class="empty">What a send prints appears here.</p>}
      <ol
        ref={list}
        class="lines"
        tabIndex={0}
        aria-labelledby="timeline-title"
        hidden={lines.length === 0}
        onScroll={onScroll}
      >
        {lines.map((line, index) => (
          <li key={line.seq} class={lineClass(line, lines[index - 1])}>
            <Clock ts={line.ts} />
            <code dir="auto">
              {line.stream === "stderr" && <b class="stream">err</b>}
              <TerminalText text={line.text} />
            </code>
          </li>
        ))}
      </ol>
      {!is_following.value && (
        <button type="button" class="button small newest" onClick={toNewest}>Newest</button>
      )}
    </section>
  );
}

/** A time is shown once: lines of the same second stand as one block under it. */
function lineClass({ ts, stream }: OutputLine, before: OutputLine | undefined): string {
  const same = before !== undefined && isSameSecond(ts, before.ts) ? " same" : "";
  return `line${same}${stream === "stderr" ? " stderr" : ""}`;
}
