/**
 * JSON: `{codexdash, exported_ts, scope, entries}`. Rows are those of the API; an entry is `{job,
 * thread, turns, items, output}`, and among its items `{item: "thread", thread, turns, items}` is a
 * sub-agent's own transcript. Texts are as they came, escapes and all.
 */
import type { ExportPart } from "../store/export.ts";
import type { ExportHead, ExportWriter } from "./writer.ts";

export class JsonWriter implements ExportWriter {
  /** Whether the list that is written has an element; one for each list that is open. */
  readonly #begun = [false];
  #has_output = false;

  begin({ version, exported_ts, scope }: ExportHead): string {
    const head = JSON.stringify({ codexdash: version, exported_ts, scope });
    return `${head.slice(0, -1)},"entries":[`;
  }

  write(part: ExportPart): string {
    switch (part.part) {
      case "entry": {
        const { job, thread, turns } = part;
        this.#has_output = false;
        return this.#open({ job, thread, turns });
      }
      case "item":
        return this.#separator() + JSON.stringify(part.item);
      case "thread":
        return this.#open({ item: "thread", thread: part.thread, turns: part.turns });
      case "thread_end":
        return this.#close();
      case "output": {
        const start = this.#has_output ? ",\n" : '],"output":[\n';
        this.#has_output = true;
        return start + JSON.stringify(part.output);
      }
      case "entry_end":
        this.#begun.pop();
        return this.#has_output ? "]}" : '],"output":[]}';
      default:
        return part satisfies never;
    }
  }

  end(): string {
    return "\n]}\n";
  }

  #open(head: Record<string, unknown>): string {
    const text = `${this.#separator()}${JSON.stringify(head).slice(0, -1)},"items":[`;
    this.#begun.push(false);
    return text;
  }

  #close(): string {
    this.#begun.pop();
    return "]}";
  }

  #separator(): string {
    const last = this.#begun.length - 1;
    const begun = this.#begun[last];
    this.#begun[last] = true;
    return begun ? ",\n" : "\n";
  }
}
