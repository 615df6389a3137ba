/** Rows of `capture-pane -e`: their text, and what of them is safe to show elsewhere. */

/**
 * Every sequence and control character; the group holds it when it is a colour (SGR). Tabs are drawn
 * as spaces by tmux already. An unfinished string sequence ends with its row.
 */
const SEQUENCE =
  // deno-lint-ignore no-control-regex
  /(\x1b\[[0-9;:]*m)|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b\[[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?|[\x00-\x1f\x7f-\x9f]/g;

/** The row's text alone. */
export function plainRow(row: string): string {
  return row.replace(SEQUENCE, "");
}

/** The row with its colours and without any other control character. */
export function colouredRow(row: string): string {
  return row.replace(SEQUENCE, (_, colour: string | undefined) => colour ?? "");
}
