/**
 * What tmux is asked to report by itself, checked once a second on its side and sent when it changes:
 * options, dead panes and titles set by hand have no notification of their own.
 */
import { SEPARATOR } from "../tmux/command.ts";

export type Subscription = "codexdash_agents" | "codexdash_panes" | "codexdash_titles";

/** In a format these would end the name of an option, or be expanded. */
const IN_FORMAT = /[#{},:%]/;

/** The `refresh-client -B` commands; a name that no format can hold is found at the next move only. */
export function subscribe(agents: readonly string[]): string[][] {
  const options = agents.filter((name) => !IN_FORMAT.test(name)).map((name) => `_pane_${name}`);
  const formats: Record<Subscription, string> = {
    codexdash_agents: `:${["_agents", ...options].map((name) => `#{@codexctl${name}}`).join(",")}`,
    codexdash_panes: "%*:" + [
      "#{pane_pid}",
      "#{pane_dead}",
      "#{pane_current_command}",
      "#{window_name}",
    ].join(SEPARATOR),
    codexdash_titles: "%*:#{pane_title}",
  };
  return Object.entries(formats).map((
    [name, format],
  ) => ["refresh-client", "-B", `${name}:${format}`]);
}
