/**
 * What a screen of Codex says, from its rows of text alone. Everything is judged by place and shape:
 * the composer or a dialog at the bottom, the status row right above it, prompts and errors at the
 * left edge. Answers are indented, so what they merely quote is never taken for the real thing.
 */
import type { AgentStatus, TurnOutcome } from "../wire.ts";
import {
  AGENTS_CENTER,
  ANY_MENU,
  AUTH,
  COMMAND_LINE,
  DEAD_ROW,
  type Dialog,
  DIALOGS,
  FIRST_MODERN,
  FOOTER,
  LIST,
  LOADING,
  MENU,
  NOTE,
  OLD_FOOTER,
  OLD_PLACEHOLDERS,
  OPTION,
  PLACEHOLDER,
  RETRYING,
  STARTING,
  STATUS,
  VERSION,
} from "./screen_patterns.ts";
import {
  isBlank,
  joinRows,
  nextBlank,
  paragraph,
  type Prompt,
  readTranscript,
  type ScreenOptions,
  type Turn,
} from "./screen_transcript.ts";

export type { Dialog, Prompt, ScreenOptions };

export interface ScreenReading {
  kind: "codex" | "other";
  /** "unknown" when a turn's end should show and does not: REC pane-streaming has no status row. */
  status: AgentStatus;
  detail: string | null;
  /** How the last turn on the screen ended, null while it runs or where nothing says. */
  outcome: TurnOutcome | null;
  /** Names that end: the prompt (its marker, its first words, "" when not shown), "\n", the row. */
  outcome_key: string | null;
  dialog: Dialog | null;
  /** Whether Codex has drawn itself but is not ready for a prompt. */
  starting: boolean;
  /** Whether the screen begins with Codex's own head and holds no prompt: no turn can be running. */
  fresh: boolean;
  /** Whether the composer is there, empty and takes a prompt. */
  composer: boolean;
  /** What somebody has begun to type into the composer. */
  draft: string | null;
  /** Whether the row "Working (2s • esc to interrupt)" is there. */
  status_row: boolean;
  /** Every prompt with a marker, oldest first. */
  prompts: Prompt[];
  /** The last of them. */
  marker: Prompt | null;
  marker_outcome: TurnOutcome | null;
  /** The transcript's rows, without composer, footer, status row, notes and dialog. */
  content: string[];
  /** Which rows of the screen they are. */
  content_rows: number[];
}

/** Reads a screen, rows from top to bottom without colours. Linear in its size; never throws. */
export function readScreen(
  captured: readonly string[],
  options: ScreenOptions = {},
): ScreenReading {
  const rows = captured.map((row) => row.trimEnd());
  while (rows.length > 0 && (isBlank(rows.at(-1)!) || isDeadRow(rows.at(-1)!, options))) rows.pop();
  const reading = readAgentsCenter(rows) ?? readLive(rows, options);
  return options.dead ? { ...reading, status: "missing", composer: false } : reading;
}

function readLive(rows: readonly string[], options: ScreenOptions): ScreenReading {
  const edge = bottomEdge(rows);
  const dialog = findDialog(rows, edge);
  if (dialog) {
    const { turns, ...transcript } = readTranscript(rows, dialog.end, options);
    const failure = dialog.shape.status === "error" ? lastTurn(turns, true) : undefined;
    return {
      ...NOTHING,
      ...transcript,
      kind: "codex",
      status: dialog.shape.status,
      dialog: dialog.shape.dialog,
      detail: failure?.detail ?? dialog.detail,
      outcome: failure?.outcome ?? null,
      outcome_key: failure?.outcome_key ?? null,
    };
  }
  if (STARTING.test(rows[edge] ?? "")) {
    return { ...NOTHING, kind: "codex", starting: true, detail: "Codex is starting" };
  }
  const composer = findComposer(rows, edge, options);
  return composer ? readComposer(rows, composer, options) : NOTHING;
}

const NOTHING: ScreenReading = {
  kind: "other",
  status: "unknown",
  detail: null,
  outcome: null,
  outcome_key: null,
  dialog: null,
  starting: false,
  fresh: false,
  composer: false,
  draft: null,
  status_row: false,
  prompts: [],
  marker: null,
  marker_outcome: null,
  content: [],
  content_rows: [],
};

function readAgentsCenter(rows: readonly string[]): ScreenReading | undefined {
  const title = rows.find((row) => !isBlank(row));
  if (!title || !AGENTS_CENTER.test(title) || !rows.at(-1)!.startsWith("  ? help")) {
    return undefined;
  }
  const detail = "Agent command center";
  return { ...NOTHING, kind: "codex", status: "input", dialog: "agents_center", detail };
}

/** The lowest row at the left edge that is no choice of a list; -1 when there is none. */
function bottomEdge(rows: readonly string[]): number {
  return rows.findLastIndex((row) => row !== "" && !row.startsWith(" ") && !MENU.test(row));
}

/** The dialog below row `edge`: its shape, what to read, and where the transcript above it ends. */
function findDialog(rows: readonly string[], edge: number) {
  const list = rows.findLastIndex((row, index) => index > edge && LIST.test(row));
  for (let row = rows.length - 1; row > edge; row--) {
    const shape = DIALOGS.find(({ title, list: needed }) =>
      title.test(rows[row]!) && (!needed || list > row)
    );
    if (!shape) continue;
    const end = shape.below ? row : edge + 1;
    return { shape, end, detail: dialogDetail(shape.dialog, rows, row) };
  }
  if (list < 0 || !rows[list]!.startsWith("›")) return undefined;
  const title = rows.findLastIndex((row, index) =>
    index > edge && index < list && !isBlank(row) && !OPTION.test(row)
  );
  return { shape: ANY_MENU, end: edge + 1, detail: title < 0 ? null : paragraph(rows, title) };
}

function dialogDetail(dialog: Dialog, rows: readonly string[], title: number): string {
  const words = paragraph(rows, title);
  switch (dialog) {
    case "approval": {
      const command = rows.findIndex((row, index) => index > title && COMMAND_LINE.test(row));
      return command < 0 ? words : `${words} ${paragraph(rows, command)}`;
    }
    case "trust":
      return words.slice(0, words.indexOf("?") + 1);
    default:
      return words;
  }
}

interface Composer {
  row: number;
  placeholder: string | undefined;
  draft: string | null;
  footer: readonly string[];
}

/** The composer at row `edge`: it is known by its grey text or by a footer below a blank row. */
function findComposer(
  rows: readonly string[],
  edge: number,
  { width }: ScreenOptions,
): Composer | undefined {
  if (edge < 0 || !rows[edge]!.startsWith("›")) return undefined;
  const text = rows[edge]!.slice(1).trim();
  const blank = nextBlank(rows, edge);
  const footer = rows.slice(blank).filter((row) => !isBlank(row));
  const placeholder = text === PLACEHOLDER || OLD_PLACEHOLDERS.has(text) ? text : undefined;
  if (placeholder === undefined && footer.length === 0) return undefined;
  const draft = placeholder !== undefined || text === ""
    ? null
    : joinRows([text, ...rows.slice(edge + 1, blank)], width);
  return { row: edge, placeholder, draft, footer };
}

function readComposer(
  rows: readonly string[],
  composer: Composer,
  options: ScreenOptions,
): ScreenReading {
  let end = composer.row;
  while (end > 0 && (isBlank(rows[end - 1]!) || NOTE.test(rows[end - 1]!))) end--;
  let block = end;
  while (block > 0 && !isBlank(rows[block - 1]!)) block--;
  const status_row = block < end && STATUS.test(rows[block]!);
  const { turns, ...transcript } = readTranscript(rows, status_row ? block : end, options);
  const reading: ScreenReading = {
    ...NOTHING,
    ...transcript,
    kind: "codex",
    starting: rows.some((row, index) => LOADING.test(row) && VERSION.test(rows[index - 1] ?? "")),
    fresh: turns.every(({ begin }) => begin === "top") && rows.some((row) => VERSION.test(row)),
    composer: composer.draft === null,
    draft: composer.draft,
    status_row,
  };
  if (status_row) {
    const detail = RETRYING.exec(rows[block]!)?.[1] ?? null;
    return { ...reading, status: "working", detail };
  }
  const last = lastTurn(turns, isModern(rows, composer));
  return { ...reading, ...last };
}

/** Whether this Codex writes "Worked for" after each good turn, so that its absence means something. */
function isModern(rows: readonly string[], { placeholder, footer }: Composer): boolean {
  if (placeholder !== undefined) return placeholder === PLACEHOLDER;
  if (footer.some((row) => FOOTER.test(row))) return true;
  if (footer.some((row) => OLD_FOOTER.test(row))) return false;
  const version = rows.map((row) => VERSION.exec(row)).find((match) => match);
  return !version || Number(version[1]) > 0 || Number(version[2]) >= FIRST_MODERN;
}

type Ending = Pick<ScreenReading, "status" | "detail" | "outcome" | "outcome_key">;

/** What the last turn that shows its end says of the agent. */
function lastTurn(turns: readonly Turn[], modern: boolean): Ending {
  const idle: Ending = { status: "idle", detail: null, outcome: null, outcome_key: null };
  for (const { begin, answered, outcome, error, key } of turns.toReversed()) {
    if (outcome === "error") {
      return {
        status: AUTH.test(error ?? "") ? "auth" : "error",
        detail: error,
        outcome,
        outcome_key: key,
      };
    }
    if (outcome) return { ...idle, outcome, outcome_key: key };
    if (begin === "command") continue;
    const running = begin === "prompt" ? modern || !answered : modern && answered;
    return running ? { ...idle, status: "unknown" } : idle;
  }
  return idle;
}

function isDeadRow(row: string, { dead }: ScreenOptions): boolean {
  return dead === true && DEAD_ROW.test(row);
}
