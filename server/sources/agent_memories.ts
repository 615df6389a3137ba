/** What is remembered of all agents, and its form in the source's cursor. */
import { packMemory, type PaneMemory, unpackMemories } from "./pane_memory.ts";
import type { Cursor } from "./source.ts";

/** Agents long gone are forgotten first, so that renaming them for ever does not fill the cursor. */
const MOST_AGENTS = 128;

export class AgentMemories {
  readonly #file_key: string;
  readonly #memories: Map<string, PaneMemory>;
  readonly #packed = new Map<string, string>();

  /** Goes on from `cursor` when it was this session's. */
  constructor(file_key: string, cursor: Cursor | undefined) {
    this.#file_key = file_key;
    this.#memories = unpackMemories(cursor?.file_key === file_key ? cursor.state : null);
  }

  agents(): string[] {
    return [...this.#memories.keys()];
  }

  get(agent: string): PaneMemory | undefined {
    return this.#memories.get(agent);
  }

  /** Undefined forgets the agent. */
  set(agent: string, memory: PaneMemory | undefined): void {
    this.#packed.delete(agent);
    if (!memory) {
      this.#memories.delete(agent);
      return;
    }
    this.#memories.set(agent, memory);
    if (this.#memories.size <= MOST_AGENTS) return;
    const gone = this.#memories.entries().find(([, { screen }]) => screen?.status === "missing");
    if (gone) this.set(gone[0], undefined);
  }

  /** The panes on this tmux server that agents were found in by a title. */
  titled(server: string): Map<string, string> {
    const titled = [...this.#memories].filter(([, memory]) =>
      memory.by_title && memory.server === server
    );
    return new Map(titled.map(([agent, { pane_id }]) => [agent, pane_id]));
  }

  cursor(): Cursor {
    const entries = [...this.#memories].map(([agent, memory]) => {
      let packed = this.#packed.get(agent);
      if (packed === undefined) this.#packed.set(agent, packed = packMemory(memory));
      return `${JSON.stringify(agent)}:${packed}`;
    });
    return { file_key: this.#file_key, offset: 0, state: `{${entries.join(",")}}` };
  }
}
