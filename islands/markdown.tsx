/**
 * Markdown as elements. Only the lexer of `marked` is used: what it finds becomes elements of a fixed
 * set and text nodes, so that nothing an agent writes can ever be markup of the page. HTML stays
 * text, links are http(s) only, and an image is a link to it: nothing is fetched for a reader.
 */
import { Lexer, type Token, type Tokens } from "marked";
import type { ComponentChild } from "preact";

/** Longer texts are shown as they are: no answer is so long, and no pasted log is Markdown. */
const LONGEST_CHARS = 50_000;

/**
 * So many `*` and `_` in one paragraph are no emphasis: 15,000 of them kept the lexer busy for 10 s,
 * and its cost is worse than quadratic.
 */
const MOST_MARKS = 1_000;

/** Levels of quotes and lists; what lies deeper is shown as it was written. */
const DEEPEST = 24;

export function Markdown({ text }: { text: string }) {
  const tokens = lex(text);
  return tokens
    ? <div class="markdown" dir="auto">{blocks(tokens, 0)}</div>
    : <div class="markdown plain-text" dir="auto">{text}</div>;
}

/** Undefined for a text that is no Markdown for us: too long, or made to keep a lexer busy. */
function lex(text: string): Token[] | undefined {
  if (text.length > LONGEST_CHARS || text.split(/\n\s*\n/).some(isHeavy)) return undefined;
  try {
    return new Lexer({ gfm: true }).lex(text);
  } catch {
    return undefined;
  }
}

function isHeavy(paragraph: string): boolean {
  return paragraph.length > MOST_MARKS && paragraph.replace(/[^*_]+/g, "").length > MOST_MARKS;
}

function blocks(tokens: readonly Token[], depth: number): ComponentChild[] {
  return tokens.map((token) => block(token as Tokens.Generic, depth));
}

function block(token: Tokens.Generic, depth: number): ComponentChild {
  if (depth > DEEPEST) return token.raw;
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "hr":
      return <hr />;
    case "heading":
      return <p class={`md-heading md-h${token["depth"]}`}>{inlines(token, depth)}</p>;
    case "paragraph":
      return <p>{inlines(token, depth)}</p>;
    case "text":
      return token.tokens ? inlines(token, depth) : decode(token["text"]);
    case "code":
      return <pre tabIndex={0}><code>{token["text"]}</code></pre>;
    case "blockquote":
      return <blockquote>{blocks(token.tokens ?? [], depth + 1)}</blockquote>;
    case "list":
      return <List list={token as Tokens.List} depth={depth + 1} />;
    case "table":
      return <Table table={token as Tokens.Table} depth={depth + 1} />;
    case "checkbox":
      return null;
    default:
      return <p>{token.raw}</p>;
  }
}

function List({ list, depth }: { list: Tokens.List; depth: number }) {
  const items = list.items.map((item, index) => (
    <li key={index} class={item.task ? "task" : undefined}>
      {item.task && <Check is_done={item.checked === true} />}
      {blocks(item.tokens, depth)}
    </li>
  ));
  return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

/** A step's box: a drawing for the eye, a word for the ear. */
export function Check({ is_done }: { is_done: boolean }) {
  return (
    <span class={is_done ? "check done" : "check"}>
      <span class="visually-hidden">{is_done ? "done: " : "to do: "}</span>
    </span>
  );
}

function Table({ table, depth }: { table: Tokens.Table; depth: number }) {
  return (
    <div class="md-table" tabIndex={0} role="group" aria-label="Table">
      <table>
        <thead>
          <tr>
            {table.header.map((cell, index) => (
              <th key={index} scope="col" class={cell.align ?? undefined}>
                {inlines(cell, depth)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, index) => (
                <td key={index} class={cell.align ?? undefined}>{inlines(cell, depth)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inlines({ tokens = [] }: { tokens?: Token[] }, depth: number): ComponentChild[] {
  return tokens.map((token) => inline(token as Tokens.Generic, depth + 1));
}

function inline(token: Tokens.Generic, depth: number): ComponentChild {
  if (depth > DEEPEST) return token.raw;
  switch (token.type) {
    case "text":
      return token.tokens ? inlines(token, depth) : decode(token["text"]);
    case "escape":
      return token["text"];
    case "strong":
      return <strong>{inlines(token, depth)}</strong>;
    case "em":
      return <em>{inlines(token, depth)}</em>;
    case "del":
      return <del>{inlines(token, depth)}</del>;
    case "codespan":
      return <code>{token["text"]}</code>;
    case "br":
      return <br />;
    case "link":
      return <Link href={token["href"]}>{inlines(token, depth)}</Link>;
    case "image":
      return <Link href={token["href"]}>{decode(token["text"]) || token["href"]}</Link>;
    case "checkbox":
      return null;
    default:
      return token.raw;
  }
}

/** Only the web is linked to; anything else is the text that it is. */
function Link({ href, children }: { href: string; children: ComponentChild }) {
  const url = URL.parse(decode(href));
  if (url?.protocol !== "https:" && url?.protocol !== "http:") return <>{children}</>;
  return <a href={url.href} target="_blank" rel="noopener noreferrer nofollow">{children}</a>;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
};

/** The character references that people write; the lexer leaves them to whoever makes HTML. */
function decode(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,4}));/gi,
    (whole, dec, hex, name) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      const code = dec === undefined ? parseInt(hex, 16) : Number(dec);
      return code > 31 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
