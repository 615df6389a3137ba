/** Drawings, 16 × 16, in the colour of the text beside them. Each status has a shape of its own. */
import type { ComponentChildren } from "preact";
import type { AgentStatus, JobStatus, Severity } from "../server/wire.ts";

function Icon({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true">
      {children}
    </svg>
  );
}

const ring = <circle cx="8" cy="8" r="5.75" />;

const SHAPES = {
  idle: ring,
  working: (
    <>
      <circle cx="8" cy="8" r="5.75" class="track" />
      <path d="M8 2.25A5.75 5.75 0 0 1 13.75 8" />
    </>
  ),
  approval: (
    <>
      <path d="M8 1.75 14.75 13.5H1.25Z" />
      <path d="M8 6.25v3M8 11.25v.25" />
    </>
  ),
  input: (
    <>
      <path d="M2 3h12v8H8l-3.25 2.75V11H2Z" />
      <path d="M5 7h.25M8 7h.25M11 7h.25" />
    </>
  ),
  auth: (
    <>
      <rect x="3" y="7" width="10" height="6.75" rx="1.25" />
      <path d="M5.25 7V4.75a2.75 2.75 0 0 1 5.5 0V7" />
    </>
  ),
  error: (
    <>
      {ring}
      <path d="m5.9 5.9 4.2 4.2m0-4.2-4.2 4.2" />
    </>
  ),
  missing: <circle cx="8" cy="8" r="5.75" stroke-dasharray="2.4 2.1" />,
  unknown: (
    <>
      {ring}
      <path d="M6.5 6.5a1.5 1.5 0 1 1 2.2 1.35c-.5.25-.7.5-.7 1.05m0 2v.1" />
    </>
  ),
  queued: (
    <>
      {ring}
      <path d="M8 4.75V8l2.25 1.25" />
    </>
  ),
  blocked: (
    <>
      {ring}
      <path d="M6.25 5.75v4.5m3.5-4.5v4.5" />
    </>
  ),
  done: (
    <>
      {ring}
      <path d="m5.25 8.25 1.9 1.9 3.6-4" />
    </>
  ),
  cancelled: (
    <>
      {ring}
      <path d="M4.5 11.5 11.5 4.5" />
    </>
  ),
  info: (
    <>
      {ring}
      <path d="M8 7.5V11M8 5v.25" />
    </>
  ),
  warning: (
    <>
      <path d="M8 1.75 14.75 13.5H1.25Z" />
      <path d="M8 6.25v3M8 11.25v.25" />
    </>
  ),
};

/** The shape of a status; `running` is the same as an agent's `working`. */
export function StatusIcon({ status }: { status: AgentStatus | JobStatus | Severity }) {
  const shape = status === "running" ? "working" : status === "ok" ? "done" : status;
  return <Icon name={shape}>{SHAPES[shape]}</Icon>;
}

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M5 3.5h14l-2 6H7Z" />
      <path d="M9.5 9.5 8 20.5m6.5-11 1.5 11M6 20.5h12" />
      <path d="M9.75 3.5v6m4.5-6v6" />
    </svg>
  );
}

export function CopyIcon() {
  return (
    <Icon name="copy">
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M10.5 5.5V4A1.5 1.5 0 0 0 9 2.5H4A1.5 1.5 0 0 0 2.5 4v5A1.5 1.5 0 0 0 4 10.5h1.5" />
    </Icon>
  );
}
