/** Why a status is what it is: a question, an error. Long ones scroll, so they can take the focus. */
import type { AgentStatus, JobStatus } from "../server/wire.ts";

const SHORT = 300;

export function Detail({ text, status }: { text: string; status: AgentStatus | JobStatus }) {
  return (
    <p class={`detail s-${status}`} dir="auto" tabIndex={text.length > SHORT ? 0 : undefined}>
      {text}
    </p>
  );
}
