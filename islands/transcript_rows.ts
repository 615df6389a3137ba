/** A transcript's items as a page shows them: by turn, calls with their outputs, each turn's end. */
import type { TranscriptItem, TurnRow } from "../server/wire.ts";

/** An item on the page. */
export interface ItemRow {
  item: TranscriptItem;
  /** How long after its turn's end it came, as a background command's end may; else null. */
  late_ms: number | null;
  /** The tool call whose output this is: older session files keep the two apart. */
  call: TranscriptItem | null;
  /** Whether this is where its sub-agent's own transcript is shown: once for each. */
  is_nest: boolean;
}

/** One turn's part of the page; `turn` is null for what belongs to none that is known. */
export interface TurnRows {
  key: string;
  turn: TurnRow | null;
  rows: ItemRow[];
  /** What came after the turn's end. */
  late: ItemRow[];
}

/**
 * Groups items, oldest first, by their turns: in the order in which the turns began, wherever an item
 * that came late stands in the file.
 */
export function groupByTurn(
  items: readonly TranscriptItem[],
  turns: readonly TurnRow[],
): TurnRows[] {
  const by_id = new Map(turns.map((turn) => [turn.turn_id, turn]));
  const calls = callsById(items);
  const answered = new Set(items.filter(isOutput).map(({ item_id }) => item_id));
  const nested = new Set<string>();
  const groups = new Map<string, TurnRows>();
  for (const item of items) {
    if (isSilent(item)) continue;
    if (item.item === "tool_call" && item.item_id !== null && answered.has(item.item_id)) continue;
    const turn = by_id.get(item.turn_id ?? "") ?? null;
    const key = item.turn_id ?? "";
    let group = groups.get(key);
    if (!group) groups.set(key, group = { key, turn, rows: [], late: [] });
    const child = item.child_thread_id;
    const is_nest = child !== null && !nested.has(child);
    if (child !== null) nested.add(child);
    const late_ms = lateness(item, turn);
    const call = isOutput(item) && item.item_id !== null ? calls.get(item.item_id) ?? null : null;
    (late_ms === null ? group.rows : group.late).push({ item, late_ms, call, is_nest });
  }
  const last = turns.at(-1);
  if (last && !groups.has(last.turn_id)) {
    groups.set(last.turn_id, { key: last.turn_id, turn: last, rows: [], late: [] });
  }
  return [...groups.values()].sort((a, b) => startOf(a) - startOf(b));
}

/** The output of a legacy tool call: the call says what was run. */
function isOutput({ item, command, item_id }: TranscriptItem): boolean {
  return item === "command" && command === null && item_id !== null;
}

function callsById(items: readonly TranscriptItem[]): Map<string, TranscriptItem> {
  return new Map(
    items.flatMap((item) =>
      item.item === "tool_call" && item.item_id !== null ? [[item.item_id, item]] : []
    ),
  );
}

/** Reasoning whose summary the model kept to itself says nothing to anybody. */
function isSilent({ item, text }: TranscriptItem): boolean {
  return item === "reasoning" && !text?.trim();
}

function lateness({ ts }: TranscriptItem, turn: TurnRow | null): number | null {
  const end = turn?.finished_ts ?? null;
  return end === null || ts <= end ? null : ts - end;
}

function startOf({ turn, rows, late }: TurnRows): number {
  return turn?.started_ts ?? (rows[0] ?? late[0])?.item.ts ?? 0;
}
