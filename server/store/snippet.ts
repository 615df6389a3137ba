/**
 * Which part of a text to show, and what of it matched. FTS5 itself decides: a throw-away index in
 * memory, with the same words and the same expression, says what no code of ours could guess.
 */
import { DatabaseSync } from "node:sqlite";
import type { SnippetPart } from "../wire.ts";
import { indexed, shown, TOKENIZER } from "./search_text.ts";

/** Words of one snippet: FTS5 allows 64; a path counts as several. */
const MOST_WORDS = 40;

/** Characters of it: a "word" may be a line of base64. */
const MOST_CHARACTERS = 400;
const MOST_BEFORE = 120;

/** No indexed text holds them. */
const [START, END] = ["\x01", "\x02"];

/** For each text the part that matches `expression` best, on one line; of one that does not, []. */
export function markSnippets(expression: string, texts: readonly string[]): SnippetPart[][] {
  if (texts.length === 0) return [];
  // Deno 2.4 cannot dispose of a database by itself.
  const db = new DatabaseSync(":memory:");
  try {
    return mark(db, expression, texts);
  } finally {
    db.close();
  }
}

function mark(db: DatabaseSync, expression: string, texts: readonly string[]): SnippetPart[][] {
  db.exec(`CREATE VIRTUAL TABLE found USING fts5 (text, tokenize = '${TOKENIZER}')`);
  const insert = db.prepare("INSERT INTO found (rowid, text) VALUES (?, ?)");
  for (const [index, text] of texts.entries()) insert.run(index, indexed(text));
  const rows = db.prepare(
    `SELECT rowid AS id, snippet(found, 0, '${START}', '${END}', '…', ${MOST_WORDS}) AS text
     FROM found WHERE found MATCH ?`,
  ).all(expression) as { id: number; text: string }[];
  const marked = texts.map((): SnippetPart[] => []);
  for (const { id, text } of rows) marked[id] = bounded(parts(shown(text)));
  return marked;
}

function parts(text: string): SnippetPart[] {
  return text.trim().replace(/\s+/g, " ").split(new RegExp(`(${START}[^${END}]*${END})`))
    .filter((part) => part !== "")
    .map((part) =>
      part.startsWith(START)
        ? { text: part.slice(1, -1), match: true }
        : { text: part, match: false }
    );
}

/** Cuts long parts, so that the first match stays in sight. */
function bounded(all: readonly SnippetPart[]): SnippetPart[] {
  let left = MOST_CHARACTERS;
  const kept: SnippetPart[] = [];
  for (const [index, { text, match }] of all.entries()) {
    if (left <= 0) break;
    const cut = index === 0 && !match
      ? fromEnd(text, MOST_BEFORE)
      : text.length > left
      ? `${characters(text, 0, left)}…`
      : text;
    left -= cut.length;
    kept.push({ text: cut, match });
  }
  return kept;
}

function fromEnd(text: string, most: number): string {
  return text.length <= most ? text : `…${characters(text, text.length - most, text.length)}`;
}

/** A slice that does not cut a character in two. */
function characters(text: string, from: number, to: number): string {
  return text.slice(from, to).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");
}
