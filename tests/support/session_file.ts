/**
 * A session file written line by line as Codex 0.169 writes it (codex.md §5), into a world's
 * CODEX_HOME, for tests that need threads other than the recorded ones.
 */
import { dirname, join } from "node:path";
import type { TestWorld } from "./temp.ts";

type Json = Record<string, unknown>;

interface SessionOptions {
  /** Number of the thread; its id is made of it. */
  n: number;
  parent?: SessionFile;
  forked_from?: SessionFile;
  nickname?: string;
  cwd?: string;
  ts?: number;
}

/** Like Codex it holds its thread's writer lock: without it a turn that runs counts as lost. */
export class SessionFile implements Disposable {
  readonly thread_id: string;
  readonly path: string;
  readonly root_turn: string | undefined;
  turn_id = "";
  /** The time that the next line has; move it on between lines that must differ. */
  ts: number;
  readonly #cwd: string;
  readonly #lock: Deno.FsFile;
  #ordinal = 0;
  #turns = 0;
  #responses = 0;
  #unwritten = "";
  #is_held = false;

  constructor(world: TestWorld, options: SessionOptions) {
    const { n, parent, forked_from, nickname } = options;
    this.thread_id = `01a1fbca-0000-7000-8000-${String(n).padStart(12, "0")}`;
    this.ts = options.ts ?? Date.now();
    this.#cwd = options.cwd ?? "/home/demo/parcel";
    this.root_turn = parent ? parent.root_turn ?? parent.turn_id : undefined;
    const day = "sessions/2026/11/21";
    this.path = join(
      world.codex_home,
      day,
      `rollout-2026-11-21T07-00-00-${this.thread_id}.jsonl`,
    );
    Deno.mkdirSync(dirname(this.path), { recursive: true });
    const locks = join(world.codex_home, "thread-writer-locks");
    Deno.mkdirSync(locks, { recursive: true });
    this.#lock = Deno.openSync(join(locks, `${this.thread_id}.lock`), {
      create: true,
      write: true,
    });
    this.#lock.lockSync(true);
    this.line("session_meta", {
      id: this.thread_id,
      session_id: parent?.thread_id ?? this.thread_id,
      cwd: this.#cwd,
      originator: "codex-tui",
      cli_version: "0.169.0",
      history_mode: "paginated",
      git: { branch: "main" },
      ...parent && { parent_thread_id: parent.thread_id },
      ...forked_from && { forked_from_id: forked_from.thread_id },
      ...nickname && { agent_nickname: nickname, agent_path: `/root/${nickname}` },
    });
  }

  line(type: string, payload: Json): void {
    const timestamp = new Date(this.ts).toISOString();
    const line = { timestamp, ordinal: this.#ordinal++, type, payload };
    this.#unwritten += JSON.stringify(line) + "\n";
    if (!this.#is_held) this.#write();
  }

  /** Writes everything that `work` says in one piece. */
  together(work: () => void): void {
    this.#is_held = true;
    work();
    this.#is_held = false;
    this.#write();
  }

  #write(): void {
    Deno.writeTextFileSync(this.path, this.#unwritten, { append: true });
    this.#unwritten = "";
  }

  [Symbol.dispose](): void {
    this.#lock.close();
  }

  startTurn(model = "gpt-6.1-sol"): string {
    this.turn_id = `${this.thread_id}-turn-${++this.#turns}`;
    const ids = { turn_id: this.turn_id, root_turn_id: this.root_turn ?? this.turn_id };
    this.line("event_msg", {
      type: "task_started",
      ...ids,
      turn_attribution: { turn_trigger: "user" },
      model_context_window: 258_400,
    });
    this.line("turn_context", {
      ...ids,
      cwd: this.#cwd,
      approval_policy: "on-request",
      sandbox_policy: { type: "workspace-write" },
      model,
      effort: "medium",
    });
    return this.turn_id;
  }

  item(item: Json, turn_id = this.turn_id): void {
    this.line("event_msg", {
      type: "item_completed",
      thread_id: this.thread_id,
      turn_id,
      item: { id: `item-${this.#ordinal}`, ...item },
    });
  }

  user(text: string): void {
    this.item({ type: "UserMessage", content: [{ type: "text", text }] });
  }

  assistant(text: string): void {
    this.item({ type: "AgentMessage", content: [{ type: "Text", text }] });
  }

  reasoning(...summary_text: string[]): void {
    this.item({ type: "Reasoning", summary_text });
  }

  command(
    shell: string,
    output: string,
    { exit_code = 0, ms = 400, turn_id }: { exit_code?: number; ms?: number; turn_id?: string } =
      {},
  ): void {
    this.item({
      type: "CommandExecution",
      command: ["/bin/bash", "-lc", shell],
      cwd: `file://${this.#cwd}`,
      status: exit_code === 0 ? "completed" : "failed",
      aggregated_output: output,
      exit_code,
      duration: { secs: Math.floor(ms / 1000), nanos: ms % 1000 * 1_000_000 },
    }, turn_id);
  }

  changes(changes: Record<string, Json>): void {
    this.item({ type: "FileChange", changes, status: "completed" });
  }

  subAgent(child: SessionFile, kind: "started" | "completed"): void {
    this.item({
      type: "SubAgentActivity",
      kind,
      agent_thread_id: child.thread_id,
      agent_path: "/root/reader",
    });
  }

  /** One model response of 1,285 tokens. */
  usage(): void {
    const usage = {
      input_tokens: 1_200,
      cached_input_tokens: 1_000,
      output_tokens: 85,
      reasoning_output_tokens: 64,
      total_tokens: 1_285,
    };
    this.line("token_usage_record", {
      thread_id: this.thread_id,
      turn_id: this.turn_id,
      response_id: `${this.thread_id}-${++this.#responses}`,
      usage,
    });
  }

  endTurn(error?: { message: string; codex_error_info: unknown }): void {
    this.line("event_msg", {
      type: "task_complete",
      turn_id: this.turn_id,
      last_agent_message: null,
      ...error && { error },
      duration_ms: 4_200,
    });
  }
}
