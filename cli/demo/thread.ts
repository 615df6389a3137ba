/**
 * One Codex thread: its turns as rollout lines, with ordinals without gaps and token sums that add up.
 * The order of lines is REC rollout-simple-nodaemon's and rollout-exec's.
 */
import { uuid7 } from "./ids.ts";
import * as lines from "./lines.ts";
import { filler } from "./lines.ts";
import { appendHistory, RolloutFile } from "./rollout_file.ts";
import { addUsage, NO_USAGE, tokenCount, tokenUsageRecord, type Usage } from "./usage.ts";

export interface ThreadOptions {
  codex_home: string;
  cwd: string;
  model: string;
  /** The thread that spawned it, for a sub-agent. */
  parent?: { thread: Thread; agent_path: string };
}

/** How much of the 5 h window is used; all of it after a usage limit (REC rollout-usage-limit). */
const LIMIT_PERCENT = 12.5;

export class Thread implements lines.ThreadFacts {
  readonly id = uuid7();
  readonly session_id: string;
  readonly started = new Date();
  readonly cwd: string;
  readonly codex_home: string;
  readonly #file: RolloutFile;
  readonly #parent: ThreadOptions["parent"];
  model: string;
  plan = false;
  limit_percent = LIMIT_PERCENT;
  #turn: lines.TurnFacts | undefined;
  #of_turn = NO_USAGE;
  #of_thread = NO_USAGE;
  #last: Usage | undefined;
  #last_message: string | null = null;
  #first_token_ms: number | undefined;
  #sequence = 0;
  #sampled = 0;
  #messages = 0;
  #responses = 0;

  constructor(options: ThreadOptions) {
    this.cwd = options.cwd;
    this.model = options.model;
    this.codex_home = options.codex_home;
    this.#parent = options.parent;
    this.session_id = options.parent?.thread.session_id ?? this.id;
    this.#file = new RolloutFile(options.codex_home, this);
  }

  /** Tokens of all its responses. */
  get usage(): Usage {
    return this.#of_thread;
  }

  get turn(): lines.TurnFacts {
    if (!this.#turn) throw new Error("Cannot write a line of a turn: none has started");
    return this.#turn;
  }

  startTurn(): void {
    const first = this.#turn === undefined;
    this.#turn = { id: uuid7(), started_ms: Date.now() };
    this.#of_turn = NO_USAGE;
    this.#last_message = null;
    this.#first_token_ms = undefined;
    if (first) this.#head();
    else this.#event(lines.threadSettings(this));
    this.#event(lines.taskStarted(this, this.turn));
    if (first) this.#preamble();
    this.#file.append("turn_context", lines.turnContext(this, this.turn));
    if (first) this.#event(lines.threadSettings(this));
  }

  /** A prompt of a person joins the turn. */
  user(text: string): void {
    this.#message("user", [text], ["user.text"]);
    const item = {
      type: "UserMessage",
      id: uuid7(),
      client_id: crypto.randomUUID(),
      content: [{ type: "text", text, text_elements: [] }],
    };
    this.item(item);
    if (!this.#parent) appendHistory(this.codex_home, this.id, text);
  }

  /** The model is asked: it knows everything up to here. */
  request(): void {
    this.#sampled = this.#sequence;
  }

  reasoning(summary: string): void {
    const id = this.#responseItemId("rs");
    this.item({ type: "Reasoning", id, summary_text: [summary], raw_content: [] });
    this.#response({
      type: "reasoning",
      id,
      summary: [{ type: "summary_text", text: summary }],
      content: null,
      encrypted_content: "ZGVtbw==",
      ...this.#passthrough(),
    });
  }

  message(text: string, phase?: string): void {
    const id = this.#responseItemId("msg");
    this.#first_token_ms ??= Date.now() - this.turn.started_ms;
    const content = [{ type: "Text", text }];
    this.item({ type: "AgentMessage", id, content, ...phase ? { phase } : {} });
    this.#response(lines.outputMessage(text, { id, turn: this.turn, phase }), {
      user_input_order: this.#messages++,
    });
    this.#last_message = text;
  }

  /** The one tool of the gpt-6 models, with JavaScript in it. Returns its call id. */
  execCall(input: string): string {
    const call_id = this.#responseItemId("call");
    this.#response({
      type: "custom_tool_call",
      id: this.#responseItemId("ctc"),
      status: "completed",
      call_id,
      name: "exec",
      input,
      ...this.#passthrough(),
    });
    return call_id;
  }

  functionCall(name: string, namespace: string, input: lines.Payload): string {
    const call_id = this.#responseItemId("call");
    this.#response({
      type: "function_call",
      id: this.#responseItemId("fc"),
      name,
      namespace,
      arguments: JSON.stringify(input),
      call_id,
      ...this.#passthrough(),
    });
    return call_id;
  }

  execOutput(call_id: string, output: string, seconds: number): void {
    this.#output("custom_tool_call_output", "ctco", {
      call_id,
      output: [
        {
          type: "input_text",
          text: `Script completed\nWall time ${seconds.toFixed(1)} seconds\nOutput:\n`,
        },
        { type: "input_text", text: output },
      ],
    });
  }

  /** A call that a person stopped. */
  execAborted(call_id: string, seconds: number): void {
    const output = `aborted by user after ${seconds.toFixed(1)}s`;
    this.#output("custom_tool_call_output", "ctco", { call_id, output });
  }

  functionOutput(call_id: string, output: string): void {
    this.#output("function_call_output", "fco", { call_id, output });
  }

  retained(payload: lines.Payload): void {
    this.#file.append("retained_context", payload);
  }

  item(item: lines.Payload, started_ms = Date.now()): void {
    this.#event(lines.itemCompleted(this, this.turn, { item, started_ms, now: Date.now() }));
  }

  /** A model response is complete. */
  respond(usage: Usage): void {
    this.#of_turn = addUsage(this.#of_turn, usage);
    this.#of_thread = addUsage(this.#of_thread, usage);
    this.#last = usage;
    this.#responses++;
    this.limit_percent = LIMIT_PERCENT;
    const response_id = `resp_demo_${this.id.slice(-6)}_${`${this.#responses}`.padStart(4, "0")}`;
    this.#file.append(
      "token_usage_record",
      tokenUsageRecord(this, this.turn, {
        response_id,
        usage,
        of_turn: this.#of_turn,
        of_thread: this.#of_thread,
      }),
    );
  }

  tokenCount(): void {
    this.#event(tokenCount(this.#of_thread, this.#last, this.limit_percent));
  }

  completeTurn(error?: lines.TurnError): void {
    this.#event(lines.taskComplete(this.turn, {
      last_agent_message: error ? null : this.#last_message,
      error,
      now: Date.now(),
      first_token_ms: this.#first_token_ms,
    }));
  }

  abortTurn(): void {
    this.tokenCount();
    this.#message("developer", [filler(221)], ["generic.turn_aborted"]);
    this.#event(lines.turnAborted(this.turn, Date.now()));
  }

  close(): void {
    this.#file.close();
  }

  #head(): void {
    if (!this.#parent) return this.#file.append("session_meta", lines.sessionMeta(this, {}));
    const { thread: parent, agent_path } = this.#parent;
    const parent_thread_id = parent.id;
    this.#file.append(
      "session_meta",
      lines.sessionMeta(this, {
        source: {
          subagent: { thread_spawn: { parent_thread_id, depth: 1, agent_path } },
        },
        thread_source: "subagent",
        parent_thread_id,
        agent_path,
        multi_agent_version: "v2",
        subagent_history_start_ordinal: 4,
      }),
    );
    // A copy of the parent comes first, and its turn is closed by a made-up end (codex.md §5).
    this.#file.append("session_meta", lines.sessionMeta(parent, {}));
    this.#event(lines.taskStarted(parent, parent.turn));
    this.#event(lines.turnAborted(parent.turn, Date.now()));
  }

  /** What Codex itself tells the model before the first prompt. */
  #preamble(): void {
    this.#response({
      type: "additional_tools",
      id: `at_${uuid7()}`,
      role: "developer",
      tools: [],
    }, { mcp_attribution: { status: "none" } });
    this.#message("developer", [filler(21_769)], ["model.base_instructions"]);
    this.#message("developer", [filler(2133), filler(4063), filler(920), filler(59)], [
      "host_skills.instructions",
      "permissions.instructions",
      "collaboration_mode.instructions",
      "tools.deferred_namespaces",
    ]);
    this.#message("developer", [filler(2400)], ["multi_agent.role_instructions"]);
    this.#message("developer", [filler(271)], ["multi_agent.mode_instructions"]);
    this.#message("user", [lines.environmentContext(this.cwd, this.started)], [
      "environments.environment_context",
    ]);
    this.#file.append("world_state", lines.worldState(this));
  }

  #message(role: "user" | "developer", texts: string[], kinds: string[]): void {
    const now = Date.now();
    const payload = lines.inputMessage(role, texts, { turn: this.turn, kinds, now });
    this.#response(payload, kinds[0] === "user.text" ? { user_input_order: this.#messages++ } : {});
  }

  #output(type: string, prefix: string, payload: lines.Payload): void {
    this.#response({
      type,
      id: `${prefix}_${uuid7()}`,
      ...payload,
      internal_chat_message_metadata_passthrough: {
        turn_id: this.turn.id,
        create_time: Date.now() / 1000,
      },
    }, { fallback_token_limit_override: 12_000 });
  }

  #response(payload: lines.Payload, more: lines.Payload = {}): void {
    this.#file.append("response_item", payload, {
      history_sequence: ++this.#sequence,
      sampled_through_sequence: this.#sampled,
      client_authored: false,
      ...more,
    });
  }

  #event(payload: lines.Payload): void {
    this.#file.append("event_msg", payload);
  }

  #passthrough(): lines.Payload {
    return { internal_chat_message_metadata_passthrough: { turn_id: this.turn.id } };
  }

  #responseItemId(prefix: string): string {
    return `${prefix}_${this.#responses + 1}_${this.#file.ordinal}`;
  }
}
