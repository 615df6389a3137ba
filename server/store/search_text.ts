/**
 * What of an event can be searched, and in what form it is given to SQLite's FTS5. Pure: the index,
 * the query and the marks in a snippet must all see the same text.
 */
import { plainText } from "../plain_text.ts";
import type { EventPayload, SearchKind, TurnItemEvent } from "../wire.ts";

/**
 * FTS5's own tokenizer (sqlite.org/fts5.html §4.3.1): runs of letters and digits, without case and
 * accents. A path or an identifier is found as the phrase of its parts. Its index is as large as the
 * text; that of `trigram` was measured at five times as much, six times as slow, and cannot find words
 * of two characters, which most Chinese words are.
 */
export const TOKENIZER = "unicode61 remove_diacritics 2";

/** The longest text that is searched whole; of a longer one both ends are. */
const MOST_CHARACTERS = 32_000;

/** The same for what a command printed: errors stand at the end of outputs. */
const MOST_OUTPUT_CHARACTERS = 8_000;

export interface SearchedText {
  kind: SearchKind;
  text: string;
}

/** The text of a transcript's item or of an error; undefined where there is nothing to find. */
export function searchedText(event: EventPayload): SearchedText | undefined {
  const found = kindAndText(event);
  return found?.text
    ? { kind: found.kind, text: bothEnds(found.text, MOST_CHARACTERS) }
    : undefined;
}

function kindAndText(event: EventPayload): { kind: SearchKind; text: string | null } | undefined {
  switch (event.type) {
    case "dispatch":
      return { kind: "prompt", text: event.prompt_text ?? null };
    case "turn_item":
      return itemText(event);
    case "turn_ended":
      return { kind: "error", text: event.error_message };
    default:
      return undefined;
  }
}

function itemText(event: TurnItemEvent): { kind: SearchKind; text: string | null } | undefined {
  switch (event.item) {
    case "user":
      return { kind: "user", text: withoutMarkers(event) };
    case "assistant":
    case "reasoning":
    case "plan":
      return { kind: event.item, text: event.text };
    case "command":
    case "tool_call": {
      const output = event.output && bothEnds(event.output, MOST_OUTPUT_CHARACTERS);
      return { kind: "command", text: [event.command, output].filter(Boolean).join("\n") };
    }
    case "file_change":
      return {
        kind: "file_change",
        text: event.changes?.map(({ path }) => path).join("\n") ?? null,
      };
    case "sub_agent":
    case "compaction":
    case "other":
      return undefined;
    default:
      return event.item satisfies never;
  }
}

/** A message as it was meant: the markers in it are ours. */
function withoutMarkers({ text, markers }: TurnItemEvent): string | null {
  return markers.reduce((rest, id) => rest?.replaceAll(`[JOB:${id}]`, "") ?? null, text);
}

function bothEnds(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most / 2)}\n…\n${text.slice(-most / 2)}`;
}

const SEPARATOR = "\u200b";
/** Scripts without spaces; and symbols, the newer of which FTS5 takes for letters (needle🙂). */
const ALONE =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}]|[^\p{L}\p{N}\p{M}\p{Co}\0-\x7f]/gu;

/**
 * Text as FTS5 gets it: without what a terminal obeys, and with characters of scripts that put no
 * spaces between words made words of their own, so that any part of a sentence can be found.
 */
export function indexed(text: string): string {
  return plainText(text).replaceAll(SEPARATOR, "")
    .replace(ALONE, `${SEPARATOR}$&${SEPARATOR}`);
}

/** Takes back what `indexed` added. */
export function shown(text: string): string {
  return text.replaceAll(SEPARATOR, "");
}
