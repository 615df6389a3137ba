/** A command that an agent ran: where, how long, how it ended, what it printed. */
import type { TranscriptItem } from "../server/wire.ts";
import { fetchItem } from "./api.ts";
import { Folded } from "./folded.tsx";
import { formatDelay } from "./format.ts";
import { StatusIcon } from "./icons.tsx";

interface CommandProps {
  item: TranscriptItem;
  /** The call that says what was run, where the item itself does not. */
  call: TranscriptItem | null;
  /** Where the whole item can be had. */
  path: string;
}

export function Command({ item, call, path }: CommandProps) {
  const command = item.command ?? call?.command ?? null;
  const tool = call?.text ?? null;
  const whole = item.cut ? () => fetchItem(path, item.seq) : undefined;
  return (
    <div class="command-item">
      {command !== null
        ? (
          <Folded
            class="command-line"
            label="Command"
            text={command}
            onWhole={whole && (async () => (await whole())?.command ?? undefined)}
          />
        )
        : <p class="hint">{tool ? `Tool ${tool}` : "Output of a tool"}</p>}
      <p class="command-facts">
        <Exit item={item} />
        {item.duration_ms !== null && <span>{formatDelay(item.duration_ms)}</span>}
        {item.cwd !== null && (
          <span>
            in <code class="path" dir="ltr">{item.cwd}</code>
          </span>
        )}
      </p>
      {item.output
        ? (
          <Folded
            class="command-output"
            label="Output"
            text={item.output}
            onWhole={whole && (async () => (await whole())?.output ?? undefined)}
          />
        )
        : item.output === "" && <p class="hint">No output</p>}
    </div>
  );
}

function Exit({ item: { exit_code, status } }: { item: TranscriptItem }) {
  if (exit_code === null) return status ? <span>{status.replaceAll("_", " ")}</span> : null;
  return (
    <span class={`status s-${exit_code === 0 ? "done" : "error"}`}>
      <StatusIcon status={exit_code === 0 ? "done" : "error"} />
      Exit code {exit_code}
    </span>
  );
}
