/** Four agents' panes, a window each, that show what is written to them and nothing else. */
import type { LiveClient } from "../support/live_client.ts";
import type { TestWorld } from "../support/temp.ts";

export const AGENTS = ["fast", "deep", "test", "sec"] as const;

/** A pane's terminal, by agent: what is written to it appears in the pane. */
export type Terminals = Record<string, Deno.FsFile>;

/** Starts the session that the server looks for, one window for each agent. */
export async function startPanes(world: TestWorld): Promise<void> {
  const [first, ...others] = AGENTS;
  const program = ["--", "sleep", "infinity"];
  await world.tmux(
    ...["new-session", "-d", "-s", "codexctl", "-n", first, "-x", "100", "-y", "30", ...program],
  );
  for (const name of others) {
    await world.tmux("new-window", "-d", "-t", "codexctl", "-n", name, ...program);
  }
}

/** Opens the terminals once the server has found every agent's pane. */
export async function openTerminals(world: TestWorld, client: LiveClient): Promise<Terminals> {
  await client.until("four agents", () => AGENTS.every((name) => client.agents.get(name)?.pane_id));
  const opened = AGENTS.map(async (name) => {
    const pane = client.agents.get(name)?.pane_id ?? "";
    const tty = (await world.tmux("display-message", "-p", "-t", pane, "#{pane_tty}")).trim();
    return [name, await Deno.open(tty, { write: true })] as const;
  });
  return Object.fromEntries(await Promise.all(opened));
}

export function closeTerminals(terminals: Terminals): void {
  for (const terminal of Object.values(terminals)) terminal.close();
}

export async function write(terminal: Deno.FsFile | undefined, text: string): Promise<void> {
  await terminal?.write(new TextEncoder().encode(text));
}
