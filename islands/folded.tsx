/** Long text: its beginning and its end, and all of it for whoever wants it. */
import { useSignal } from "@preact/signals";
import { TerminalText } from "./screen.tsx";

/** More lines than this are folded to the first and the last ones. */
const MOST_LINES = 16;
const FIRST_LINES = 4;
const LAST_LINES = 8;
/** A folded line's length: one endless line must not fill the page either. */
const LINE_CHARS = 1_000;

export interface FoldedProps {
  text: string;
  class: string;
  /** What it is, for people who cannot see it: `Output`. */
  label: string;
  /** Where the text is only a part: gets all of it. */
  onWhole?: (() => Promise<string | undefined>) | undefined;
}

/** Terminal text with its colours. */
export function Folded({ text, class: class_name, label, onWhole }: FoldedProps) {
  const is_open = useSignal(false);
  const whole = useSignal<string | null>(null);
  const is_asking = useSignal(false);
  const shown = whole.value ?? text;
  const lines = shown.replace(/\n+$/, "").split("\n");
  const is_long = lines.length > MOST_LINES || lines.some((line) => line.length > LINE_CHARS);
  const open = async () => {
    if (onWhole && whole.value === null) {
      is_asking.value = true;
      whole.value = await onWhole().catch(() => undefined) ?? null;
      is_asking.value = false;
    }
    is_open.value = true;
  };
  if (!is_long && !onWhole) {
    return <Text class={class_name} label={label} text={lines.join("\n")} />;
  }
  if (is_open.value) {
    return (
      <div class="folded">
        <Text class={class_name} label={label} text={lines.join("\n")} />
        <button type="button" class="fold" onClick={() => is_open.value = false}>Show less</button>
      </div>
    );
  }
  const cut = (line: string) => line.length > LINE_CHARS ? `${line.slice(0, LINE_CHARS)}…` : line;
  const has_middle = lines.length > MOST_LINES;
  const first = (has_middle ? lines.slice(0, FIRST_LINES) : lines).map(cut);
  const last = has_middle ? lines.slice(-LAST_LINES).map(cut) : [];
  const left_out = lines.length - first.length - last.length;
  return (
    <div class="folded">
      <Text class={class_name} label={label} text={first.join("\n")} />
      <button type="button" class="fold" disabled={is_asking.value} onClick={open}>
        {left_out > 0 && !onWhole ? `Show ${left_out} more lines` : "Show all of it"}
      </button>
      {last.length > 0 && (
        <Text
          class={class_name}
          label={`${label}, end`}
          text={last.join("\n")}
        />
      )}
    </div>
  );
}

function Text({ text, class: class_name, label }: { text: string; class: string; label: string }) {
  return (
    <pre class={class_name} dir="auto" tabIndex={0} role="group" aria-label={label}>
      <TerminalText text={text} />
    </pre>
  );
}
