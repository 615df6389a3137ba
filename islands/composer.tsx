/** Sends a prompt to one or more agents. What could not be sent stays in the field, with the reason. */
import { computed, signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { AgentRow } from "../server/wire.ts";
import { ApiError, postDispatch } from "./api.ts";
import { StatusIcon } from "./icons.tsx";
import { jobPath } from "./links.ts";
import { agents, hydrated } from "./state.ts";
import { AGENT_WORDS } from "./status.tsx";

/** Where a draft outlives a reload. */
const DRAFT_KEY = "draft";

const picked = signal<ReadonlySet<string>>(new Set());
const prompt = signal("");

/** The picked agents that are still there; a single agent needs no picking. */
const targets = computed(() => {
  if (agents.value.length === 1) return [agents.value[0]!.agent];
  return agents.value.map(({ agent }) => agent).filter((agent) => picked.value.has(agent));
});

type Answer = { kind: "sent"; targets: string[]; job_id: string | null } | {
  kind: "failed";
  message: string;
};

/** Picks one agent and puts the cursor into the field. */
export function composeFor(agent: string): void {
  picked.value = new Set([agent]);
  document.querySelector<HTMLElement>("#prompt")?.focus();
}

export function Composer() {
  const answer = useSignal<Answer | null>(null);
  const is_sending = useSignal(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    prompt.value ||= sessionStorage.getItem(DRAFT_KEY) ?? "";
    if (location.hash === "#prompt") field.current?.focus();
  }, []);

  const write = (text: string) => {
    prompt.value = text;
    sessionStorage.setItem(DRAFT_KEY, text);
  };

  const send = async (event: Event) => {
    event.preventDefault();
    if (is_sending.value) return;
    const problem = missingPart();
    if (problem) return answer.value = { kind: "failed", message: problem };
    const sent = targets.value;
    is_sending.value = true;
    answer.value = null;
    try {
      const { job_id } = await postDispatch({ targets: sent, prompt: prompt.value });
      answer.value = { kind: "sent", targets: sent, job_id: job_id ?? null };
      write("");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      answer.value = { kind: "failed", message: error.message };
    } finally {
      is_sending.value = false;
    }
  };

  return (
    <form class="card composer" aria-labelledby="composer-title" onSubmit={send}>
      <h2 id="composer-title">Send a prompt</h2>
      <Targets />
      <label class="visually-hidden" for="prompt">Prompt</label>
      <textarea
        ref={field}
        id="prompt"
        rows={3}
        dir="auto"
        placeholder="What should be done?"
        aria-keyshortcuts="c"
        value={prompt}
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }
        }}
      />
      <div class="composer-end">
        <div class="answer" aria-live="polite">
          {answer.value && <AnswerText answer={answer.value} />}
          {!answer.value && !is_sending.value && <span class="hint">Ctrl Enter sends</span>}
        </div>
        <button type="submit" class="button primary" disabled={!hydrated.value || is_sending.value}>
          {is_sending.value ? "Sending…" : sendWords()}
        </button>
      </div>
    </form>
  );
}

function Targets() {
  const pick = (names: string[], is_on: boolean) => {
    const next = new Set(picked.value);
    for (const name of names) is_on ? next.add(name) : next.delete(name);
    picked.value = next;
  };
  const names = agents.value.map(({ agent }) => agent);
  const unready = agents.value.filter(({ agent, status }) =>
    targets.value.includes(agent) && status !== "idle" && status !== "working"
  );
  if (names.length === 0) return <p class="hint">No agent to send to yet.</p>;
  return (
    <fieldset class="targets">
      <legend class="visually-hidden">To</legend>
      {agents.value.map((agent) => (
        <TargetChip
          key={agent.agent}
          agent={agent}
          is_picked={targets.value.includes(agent.agent)}
          onPick={(is_on) => pick([agent.agent], is_on)}
        />
      ))}
      {names.length > 1 && (
        <button
          type="button"
          class="chip-all"
          disabled={!hydrated.value}
          onClick={() => pick(names, targets.value.length < names.length)}
        >
          {targets.value.length < names.length ? "All" : "None"}
        </button>
      )}
      {unready.map(({ agent, status }) => (
        <p class="unready" key={agent}>
          <StatusIcon status={status} />
          <span>
            <bdi>{agent}</bdi>:{" "}
            {AGENT_WORDS[status].toLowerCase()}. The prompt will wait or be refused.
          </span>
        </p>
      ))}
    </fieldset>
  );
}

function TargetChip(
  { agent: { agent, status }, is_picked, onPick }: {
    agent: AgentRow;
    is_picked: boolean;
    onPick: (is_on: boolean) => void;
  },
) {
  return (
    <label class="chip">
      <input
        type="checkbox"
        name="target"
        value={agent}
        checked={is_picked}
        disabled={!hydrated.value}
        onChange={(event) => onPick(event.currentTarget.checked)}
      />
      <span class={`s-${status}`}>
        <StatusIcon status={status} />
      </span>
      <bdi>{agent}</bdi>
    </label>
  );
}

function AnswerText({ answer }: { answer: Answer }) {
  if (answer.kind === "failed") {
    return (
      <p class="failed" role="alert">
        <StatusIcon status="error" />
        <span>{answer.message}</span>
      </p>
    );
  }
  return (
    <p class="sent">
      <StatusIcon status="done" />
      <span>
        Sent to <bdi>{answer.targets.join(", ")}</bdi>. {answer.targets.length > 1
          ? <a href="/jobs">See the jobs</a>
          : answer.job_id && <a href={jobPath(answer.job_id)}>Open the job</a>}
      </span>
    </p>
  );
}

function missingPart(): string | undefined {
  if (targets.value.length === 0) return "Pick an agent first";
  if (prompt.value.trim() === "") return "Write a prompt first";
  return undefined;
}

function sendWords(): string {
  const [first, ...more] = targets.value;
  if (first === undefined) return "Send";
  return more.length ? `Send to ${targets.value.length} agents` : `Send to ${first}`;
}
