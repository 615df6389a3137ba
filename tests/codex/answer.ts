/**
 * Writes one answer of the Responses API as server-sent events, in the order and with the fields
 * that Codex 0.169.0 reads. What the answer says is up to `scenarios.ts`.
 */

/** Tokens of one answer: cached is part of input, reasoning part of output. */
export interface Usage {
  input: number;
  cached: number;
  output: number;
  reasoning: number;
}

/** What Codex takes an assistant's message for; none is an ordinary final answer. */
type Phase = "commentary" | "final_answer";

export class Answer {
  /** What was said, each message whole. */
  readonly texts: string[] = [];
  /** Tokens as stated at the end; none before that, nor when it failed or was cut. */
  usage: Usage | undefined;
  readonly #id: string;
  readonly #send: (text: string) => void;
  #items = 0;

  /** `id` is the response's id: Codex counts tokens once for each. */
  constructor(id: string, send: (text: string) => void) {
    this.#id = id;
    this.#send = send;
    this.#event("response.created", { response: this.#response("in_progress") });
  }

  /** A step of thought with a summary. */
  reasoning(text: string): void {
    const item = {
      type: "reasoning",
      id: this.#itemId("rs"),
      summary: [{ type: "summary_text", text }],
      encrypted_content: btoa("thought"),
    };
    const place = { item_id: item.id, output_index: this.#items, summary_index: 0 };
    this.#added({ ...item, summary: [] });
    this.#event("response.reasoning_summary_part.added", place);
    this.#event("response.reasoning_summary_text.delta", { ...place, delta: text });
    this.#done(item);
  }

  /** Text in pieces, each sent as soon as it comes. */
  async message(
    pieces: Iterable<string> | AsyncIterable<string>,
    phase?: Phase,
  ): Promise<void> {
    const id = this.#itemId("msg");
    const item = { type: "message", id, role: "assistant", ...(phase ? { phase } : {}) };
    const place = { item_id: id, output_index: this.#items, content_index: 0 };
    this.#added({ ...item, status: "in_progress", content: [] });
    this.#event("response.content_part.added", {
      ...place,
      part: { type: "output_text", text: "" },
    });
    let text = "";
    for await (const piece of pieces) {
      text += piece;
      this.#event("response.output_text.delta", { ...place, delta: piece });
    }
    this.texts.push(text);
    this.#done({ ...item, status: "completed", content: [{ type: "output_text", text }] });
  }

  /** A call of a tool with JSON arguments; `name` may be "namespace.tool". */
  call(name: string, args: Record<string, unknown>): void {
    const dot = name.lastIndexOf(".");
    const item = {
      type: "function_call",
      id: this.#itemId("fc"),
      call_id: this.#itemId("call"),
      name: name.slice(dot + 1),
      ...(dot < 0 ? {} : { namespace: name.slice(0, dot) }),
      arguments: JSON.stringify(args),
    };
    this.#added({ ...item, arguments: "" });
    this.#done(item);
  }

  /** A call of a tool that takes free text. */
  custom(name: string, input: string): void {
    const item = {
      type: "custom_tool_call",
      id: this.#itemId("ctc"),
      call_id: this.#itemId("call"),
      name,
      input,
      status: "completed",
    };
    this.#added({ ...item, input: "" });
    this.#done(item);
  }

  completed(usage: Usage): void {
    this.usage = usage;
    this.#event("response.completed", {
      response: {
        ...this.#response("completed"),
        usage: {
          input_tokens: usage.input,
          input_tokens_details: { cached_tokens: usage.cached },
          output_tokens: usage.output,
          output_tokens_details: { reasoning_tokens: usage.reasoning },
          total_tokens: usage.input + usage.output,
        },
      },
    });
  }

  failed(code: string, message: string): void {
    this.#event("response.failed", {
      response: { ...this.#response("failed"), error: { code, message } },
    });
  }

  #response(status: string) {
    return { id: this.#id, object: "response", status };
  }

  #itemId(prefix: string): string {
    return `${prefix}_${this.#id}_${this.#items}`;
  }

  #added(item: Record<string, unknown>): void {
    this.#event("response.output_item.added", { output_index: this.#items, item });
  }

  #done(item: Record<string, unknown>): void {
    this.#event("response.output_item.done", { output_index: this.#items, item });
    this.#items++;
  }

  #event(type: string, fields: Record<string, unknown>): void {
    this.#send(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
  }
}
