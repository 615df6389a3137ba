/** What a fresh installation shows instead of an empty tower: three steps, or the demo. */
import { CopyButton } from "./copy_button.tsx";

const STEPS = [
  {
    title: "Start agents",
    command: "codexdash up",
    text: "Opens a tmux session with four Codex agents: fast, deep, test and sec.",
  },
  {
    title: "Send a prompt",
    command: 'codexdash send fast "Say hello"',
    text: "From any shell, or from this page as soon as an agent is there.",
  },
  {
    title: "Watch here",
    command: null,
    text: "This page fills by itself: status, screens, output and jobs, as they happen.",
  },
];

export function FirstRun() {
  return (
    <section class="first-run" aria-labelledby="first-run-title">
      <h1 id="first-run-title">No agents yet</h1>
      <p class="lead">
        CodexDash watches Codex agents in tmux. It has found none so far.
      </p>
      <ol class="steps">
        {STEPS.map(({ title, command, text }) => (
          <li key={title} class="card">
            <h2>{title}</h2>
            {command && <Command text={command} />}
            <p>{text}</p>
          </li>
        ))}
      </ol>
      <p class="aside">
        No Codex at hand? <code>codexdash demo</code>
        <CopyButton text="codexdash demo" what="codexdash demo" />{" "}
        shows everything with four pretend agents in a tmux server of its own.
      </p>
    </section>
  );
}

/** A command to copy. */
export function Command({ text }: { text: string }) {
  return (
    <div class="command">
      <code dir="ltr">{text}</code>
      <CopyButton text={text} what="the command" />
    </div>
  );
}
