/** One item of a transcript. All of its text is untrusted and becomes text nodes. */
import { useSignal } from "@preact/signals";
import { Component, type ComponentChild } from "preact";
import type { ItemKind, TranscriptItem } from "../server/wire.ts";
import { fetchItem } from "./api.ts";
import { Disclosure } from "./disclosure.tsx";
import { Folded } from "./folded.tsx";
import { formatDelay } from "./format.ts";
import { Check, Markdown } from "./markdown.tsx";
import { readPlan } from "./plan.ts";
import { Clock } from "./times.tsx";
import { FileChanges } from "./transcript_change.tsx";
import { Command } from "./transcript_command.tsx";

const WORDS: Record<ItemKind, string> = {
  user: "Prompt",
  assistant: "Codex",
  reasoning: "Reasoning",
  command: "Command",
  file_change: "Files",
  plan: "Plan",
  sub_agent: "Sub-agent",
  compaction: "Context",
  tool_call: "Tool",
  other: "Other",
};

interface ItemProps {
  item: TranscriptItem;
  late_ms: number | null;
  call: TranscriptItem | null;
  is_nest: boolean;
  /** Where the transcript is that it belongs to. */
  path: string;
  /** Makes the part that shows a sub-agent's own transcript. */
  nest(item: TranscriptItem): ComponentChild;
}

/** One of thousands: made again only when something of its own is another. */
export class Item extends Component<ItemProps> {
  override shouldComponentUpdate(next: ItemProps): boolean {
    return (Object.keys(next) as (keyof ItemProps)[]).some((key) => next[key] !== this.props[key]);
  }

  override render({ item, late_ms, call, is_nest, path, nest }: ItemProps) {
    return (
      <li class={`item i-${item.item}`}>
        <p class="item-head">
          <span class="item-kind">{WORDS[item.item] ?? item.item}</span>
          <Clock ts={item.ts} />
        </p>
        <div class="item-body">
          {late_ms !== null && (
            <p class="late">
              {item.item === "command" ? "Background command, ended " : "Came "}
              {formatDelay(late_ms)} after the turn
            </p>
          )}
          <Body item={item} call={call} is_nest={is_nest} path={path} nest={nest} />
        </div>
      </li>
    );
  }
}

function Body({ item, call, is_nest, path, nest }: Omit<ItemProps, "late_ms">): ComponentChild {
  switch (item.item) {
    case "user":
      return <Prompt item={item} path={path} />;
    case "assistant":
      return <CutText item={item} path={path} />;
    case "reasoning":
      return (
        <Disclosure class="reasoning" summary={<span>{firstLine(item.text)}</span>}>
          {() => <CutText item={item} path={path} />}
        </Disclosure>
      );
    case "command":
      return <Command item={item} call={call} path={path} />;
    case "file_change":
      return <FileChanges changes={item.changes ?? []} />;
    case "plan":
      return <Plan text={item.text ?? ""} />;
    case "sub_agent":
      if (is_nest) return nest(item);
      return <p class="hint">{[item.text, item.status].filter(Boolean).join(" ")}</p>;
    case "compaction":
      return (
        <p class="hint">The context was compacted: what came before is a summary from here on.</p>
      );
    case "tool_call":
      return (
        <>
          <p class="hint">{item.text}</p>
          {item.command && <Folded class="command-line" label="Call" text={item.command} />}
        </>
      );
    case "other":
      return <p class="hint">{item.text ?? "Something that this version does not know"}</p>;
    default:
      return item.item satisfies never;
  }
}

/** A prompt as it was written; its markers are said apart, for they are not the person's words. */
function Prompt({ item, path }: { item: TranscriptItem; path: string }) {
  const text = item.text ?? "";
  const markers = [...text.matchAll(/\[JOB:([^\]\s]*)\]/g)].map(([, id]) => id);
  const own = text.replace(/\[JOB:[^\]\s]*\]\s?/g, "");
  return (
    <>
      <Folded
        class="prompt-text"
        label="Prompt"
        text={own}
        onWhole={item.cut
          ? async () => (await fetchItem(path, item.seq))?.text ?? undefined
          : undefined}
      />
      {markers.map((id, index) => <p key={index} class="hint marker">Marker {id}</p>)}
    </>
  );
}

/** Markdown; of a very long answer the middle comes when it is asked for. */
function CutText({ item, path }: { item: TranscriptItem; path: string }) {
  const whole = useSignal<string | null>(null);
  const show = async () => {
    const all = await fetchItem(path, item.seq).catch(() => undefined);
    whole.value = all?.text ?? null;
  };
  return (
    <>
      <Markdown text={whole.value ?? item.text ?? ""} />
      {item.cut && whole.value === null && (
        <button type="button" class="fold" onClick={show}>Show all of it</button>
      )}
    </>
  );
}

const STEP_WORDS = { done: "", now: "in progress: ", open: "" };

function Plan({ text }: { text: string }) {
  const steps = readPlan(text);
  if (!steps) return <Markdown text={text} />;
  return (
    <ol class="plan">
      {steps.map(({ text, state }, index) => (
        <li key={index} class={`step-${state}`}>
          <Check is_done={state === "done"} />
          <span dir="auto">
            {STEP_WORDS[state] && <span class="visually-hidden">{STEP_WORDS[state]}</span>}
            {text}
          </span>
        </li>
      ))}
    </ol>
  );
}

function firstLine(text: string | null): string {
  const line = text?.split("\n").find((line) => line.trim() !== "") ?? "";
  return line.replace(/[*_#`]+/g, "").trim() || "Reasoning";
}
