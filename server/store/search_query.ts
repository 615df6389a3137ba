/**
 * What people type, as an expression of FTS5 (sqlite.org/fts5.html §3). Only quotes, `OR`, `AND`,
 * `NOT`, a leading `-` and a trailing `*` mean anything; everything else is text, so nothing that can
 * be typed is a syntax error.
 */
import { CodexdashError } from "../error.ts";
import { plainText } from "../plain_text.ts";
import { indexed } from "./search_text.ts";

const MOST_CHARACTERS = 1_000;
const MOST_TERMS = 64;

/** A dash in front of a letter or a quote takes away; one inside of a word is part of it. */
const TOKEN = /(?<minus>-(?=["\p{L}\p{N}]))?(?:"(?<phrase>[^"]*)"?(?<star>\*)?|(?<word>[^\s"]+))/gu;

/** What FTS5's tokenizer keeps. */
const SEARCHABLE = /[\p{L}\p{N}\p{Co}]/u;

interface Term {
  text: string;
  is_prefix: boolean;
}

/**
 * The FTS5 expression of a query: every word must be there, the last one may go on; `OR` joins its
 * neighbours. Throws `CodexdashError` "bad_query" that says what is wrong and what to type instead.
 */
export function readQuery(text: string): string {
  if (text.length > MOST_CHARACTERS) {
    throw badQuery(`Cannot search for ${text.length} characters: give at most ${MOST_CHARACTERS}`);
  }
  const { required, forbidden, ignored } = readTerms(text);
  if (required.length === 0) throw badQuery(whatIsMissing(forbidden, ignored));
  if (required.flat().length + forbidden.length > MOST_TERMS) {
    throw badQuery(`Cannot search for so many words: give at most ${MOST_TERMS}`);
  }
  const wanted = required.map((terms) => `(${terms.map(expression).join(" OR ")})`).join(" AND ");
  if (forbidden.length === 0) return wanted;
  return `(${wanted}) NOT (${forbidden.map(expression).join(" OR ")})`;
}

interface Terms {
  /** Of each group one must be there. */
  required: Term[][];
  forbidden: Term[];
  /** What holds nothing that can be found. */
  ignored: string[];
}

function readTerms(text: string): Terms {
  const terms: Terms = { required: [], forbidden: [], ignored: [] };
  let joins = false;
  let negates = false;
  let last: "required" | "forbidden" | undefined;
  let open: Term | undefined;
  for (const { groups = {} } of text.matchAll(TOKEN)) {
    const { minus, phrase, star, word = "" } = groups;
    if (phrase === undefined && minus === undefined && /^(OR|AND|NOT)$/.test(word)) {
      if (word === "OR" && last === "forbidden") throw cannotJoin();
      if (word !== "NOT") joins = word === "OR" && last !== undefined;
      negates = word === "NOT";
      continue;
    }
    const content = phrase ?? word;
    if (!SEARCHABLE.test(content)) {
      terms.ignored.push(content);
      continue;
    }
    const term = { text: content, is_prefix: phrase === undefined ? word.endsWith("*") : !!star };
    if (minus !== undefined || negates) {
      if (joins) throw cannotJoin();
      terms.forbidden.push(term);
      last = "forbidden";
    } else {
      if (joins) terms.required.at(-1)?.push(term);
      else terms.required.push([term]);
      last = "required";
    }
    open = last === "required" && phrase === undefined ? term : undefined;
    joins = negates = false;
  }
  // As one types: a single letter is the start of too much to be worth finding.
  if (open && (open.text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) > 1) open.is_prefix = true;
  return terms;
}

/** A string of FTS5's; no term holds a quote. */
function expression({ text, is_prefix }: Term): string {
  return `"${indexed(text)}"${is_prefix ? "*" : ""}`;
}

function cannotJoin(): CodexdashError {
  return badQuery(
    'Cannot search for something OR the absence of something: leave out the "-" (or NOT), or search twice',
  );
}

function whatIsMissing(forbidden: readonly Term[], ignored: readonly string[]): string {
  const [absent] = forbidden;
  if (absent) {
    return `Cannot search only for what is not there ("-${absent.text}"): add a word that must be`;
  }
  const [text] = ignored;
  if (text) {
    return `Cannot search for "${plainText(text)}": it holds no letter or digit; add a word`;
  }
  return "Cannot search for nothing: give at least one word";
}

function badQuery(message: string): CodexdashError {
  return new CodexdashError("bad_query", message);
}
