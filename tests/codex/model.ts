/**
 * A local model for the real Codex: a deterministic server of the streaming Responses API on
 * loopback. It owns the HTTP side and remembers the requests; `scenarios.ts` says what it answers.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Answer } from "./answer.ts";
import {
  LIMIT_HEADERS,
  type Refusal,
  REFUSALS,
  type Scenario,
  SCENARIOS,
  type Turn,
} from "./scenarios.ts";

/** A request for an answer, as Codex sent it. */
export interface ModelRequest {
  /** The scenario that answered it. */
  scenario: string;
  /** The agent that asks: "/root" or a sub-agent's path. */
  agent: string;
  /** What it was last told, by the person or by its parent. */
  prompt: string;
  /** The thread and the turn that ask; hidden ones for a task's title. */
  thread_id: string;
  turn_id: string;
  headers: Headers;
  body: RequestBody;
  /** What Codex got whole; none while it streams, for a refusal and where the stream was cut. */
  answer?: Answer;
}

interface RequestBody {
  model?: string;
  input?: InputItem[];
  tools?: Tool[];
}

interface InputItem {
  type?: string;
  role?: string;
  recipient?: string;
  content?: { text?: string; encrypted_content?: string }[];
  tools?: Tool[];
  output?: unknown;
}

interface Tool {
  type?: string;
  name?: string;
  tools?: Tool[];
}

export class LocalModel implements AsyncDisposable {
  /** Every request for an answer so far, the hidden ones for a task's title too. */
  readonly requests: ModelRequest[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #stop = new AbortController();
  readonly #failed_once = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  readonly #gates = new Map<string, PromiseWithResolvers<void>>();

  constructor() {
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      signal: this.#stop.signal,
      onListen: () => {},
    }, (request) => this.#answer(request));
  }

  /** What a provider's `base_url` wants. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/v1`;
  }

  /** Lets `mock:hold=<name>` go on, also when it only asks later. */
  release(name = "hold"): void {
    this.#gate(name).resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const gate of this.#gates.values()) gate.resolve();
    this.#stop.abort();
    await Promise.all([this.#server.finished, ...this.#running]);
  }

  #gate(name: string): PromiseWithResolvers<void> {
    let gate = this.#gates.get(name);
    if (!gate) this.#gates.set(name, gate = Promise.withResolvers());
    return gate;
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    // An empty list: Codex then goes by the models that it was built with.
    if (pathname.endsWith("/models")) return Response.json({ models: [], data: [] });
    if (!pathname.endsWith("/responses")) {
      return refusal({ status: 404, code: "not_found", message: `No path "${pathname}"` });
    }
    const body: RequestBody = await request.json();
    const { agent, purpose, turn_id } = threadOf(request.headers);
    const { prompt, outputs } = lastPrompt(body.input ?? [], agent);
    const { word, value } = purpose ? { word: purpose, value: "" } : this.#choose(prompt);
    const headers = new Headers(request.headers);
    const thread_id = headers.get("thread-id") ?? "";
    const asked: ModelRequest = {
      ...{ scenario: word, agent, prompt, thread_id, turn_id, headers, body },
    };
    this.requests.push(asked);
    const refused = REFUSALS[word];
    if (refused) return refusal(refused);
    const scenario = SCENARIOS[word];
    if (!scenario) {
      return refusal({ status: 400, code: "bad_request", message: `No scenario "${word}"` });
    }
    const id = `resp_${thread_id}_${this.requests.length}`;
    return this.#stream(id, asked, { scenario, value, outputs, tools: toolNames(body) });
  }

  /** The scenario's word in the prompt, and what it is told. */
  #choose(prompt: string): { word: string; value: string } {
    const [, word = "plain", value = ""] = /mock:([a-z0-9]+)(?:=([^\n]*))?/.exec(prompt) ?? [];
    return { word: word.endsWith("once") ? this.#once(word, prompt) : word, value };
  }

  /** "500once": 500 for the first attempt at a prompt, then a plain answer. */
  #once(word: string, prompt: string): string {
    if (this.#failed_once.has(prompt)) return "plain";
    this.#failed_once.add(prompt);
    return word.slice(0, -"once".length);
  }

  #stream(
    id: string,
    asked: ModelRequest,
    { scenario, ...turn }: Pick<Turn, "value" | "outputs" | "tools"> & { scenario: Scenario },
  ): Response {
    const encoder = new TextEncoder();
    let open = true;
    const body = new ReadableStream<Uint8Array>({
      start: async (stream) => {
        const cut = () => {
          if (open) stream.close();
          open = false;
        };
        const send = (text: string) => {
          if (open) stream.enqueue(encoder.encode(text));
        };
        const answer = new Answer(id, send);
        const run = Promise.resolve(scenario({
          ...turn,
          answer,
          cut,
          held: (name) => this.#gate(name).promise,
          pause: (ms) => pause(ms, undefined, this.#stop).catch(() => {}),
        }));
        this.#running.add(run);
        await run.finally(() => this.#running.delete(run));
        if (open) asked.answer = answer;
        cut();
      },
      cancel: () => {
        open = false;
      },
    });
    return new Response(body, {
      headers: { "content-type": "text/event-stream", ...LIMIT_HEADERS },
    });
  }
}

function refusal({ status, code, message, fields, headers = {} }: Refusal): Response {
  return Response.json({ error: { type: code, code, message, ...fields } }, { status, headers });
}

/** What Codex says in `x-codex-turn-metadata`; `purpose` is a scenario's word where nobody prompted. */
function threadOf(headers: Headers): { agent: string; turn_id: string; purpose?: string } {
  const metadata = JSON.parse(headers.get("x-codex-turn-metadata") ?? "{}");
  const titles = metadata.thread_source === "thread_title";
  const compacts = metadata.request_kind === "compaction";
  return {
    agent: metadata.agent_name ?? "/root",
    turn_id: metadata.turn_id ?? "",
    ...(titles ? { purpose: "title" } : compacts ? { purpose: "compact" } : {}),
  };
}

/**
 * The last prompt for this agent and what tools put out since. A sub-agent's comes from its parent;
 * what Codex adds in the person's name starts with a tag.
 */
function lastPrompt(input: InputItem[], agent: string): { prompt: string; outputs: unknown[] } {
  let prompt = "";
  let outputs: unknown[] = [];
  for (const item of input) {
    if (item.type?.endsWith("_output")) outputs.push(item.output);
    const told = item.type === "agent_message" && item.recipient === agent && agent !== "/root";
    if (!told && item.role !== "user") continue;
    const text = (item.content ?? []).map((part) => part.encrypted_content ?? part.text).join("\n");
    if (text.trimStart().startsWith("<") && !text.includes("mock:")) continue;
    prompt = text;
    outputs = [];
  }
  return { prompt, outputs };
}

function toolNames(body: RequestBody): string[] {
  const added = (body.input ?? []).filter((item) => item.type === "additional_tools");
  return [...body.tools ?? [], ...added.flatMap((item) => item.tools ?? [])].flatMap((tool) =>
    tool.type === "namespace"
      ? (tool.tools ?? []).map((inner) => `${tool.name}.${inner.name}`)
      : [tool.name ?? tool.type ?? ""]
  );
}
