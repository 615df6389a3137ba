/**
 * Puts text and single keys into a pane, the only file that does. Callers have looked at the pane
 * first: typed into a dialog, a text's digits and its Enter are choices (codex.md §4).
 */
import { CodexdashError } from "../error.ts";
import { tmux, type TmuxSocket } from "./command.ts";

/** What Codex puts at the front of the title while a dialog waits; it blinks (codex.md §3). */
const WAITING_TITLE = "^\\[ [!.] \\] Action Required";

export interface Paste {
  pane_id: string;
  text: string;
  /** Whether somebody looks at the pane in copy mode: tmux then forgets to bracket (3.3a). */
  in_mode: boolean;
}

/**
 * Pastes a text as one bracketed paste, so that its newlines, tabs and leading dashes are text and no
 * keys (REC pane-pasted). In tmux's paste a newline travels as a carriage return. Throws
 * `CodexdashError` "unavailable" when the pane is gone, "invalid" when the text holds a control
 * character: with an escape sequence it could end the paste and press keys.
 */
export async function pasteText(socket: TmuxSocket, paste: Paste): Promise<void> {
  const { pane_id, in_mode } = paste;
  const found = findControlCharacter(paste.text);
  if (found) throw new CodexdashError("invalid", `Cannot paste ${found}`);
  const text = paste.text.replace(/\r\n?/g, "\n");
  const buffer = bufferName();
  await send(socket, pane_id, {
    args: ["load-buffer", "-b", buffer, "-", ";", ...pasteCommand(buffer, pane_id)]
      .concat(in_mode ? [] : ["-p"]),
    buffer,
    stdin: new TextEncoder().encode(in_mode ? `\x1b[200~${text}\x1b[201~` : text),
  });
}

/**
 * Presses Enter, unless the pane's title says at that moment that a dialog waits (`force` does not
 * care): returns whether it did. The byte goes as a paste without brackets, which is what the key sends, and reaches the program
 * also while somebody scrolls in copy mode.
 */
export async function pressEnter(
  socket: TmuxSocket,
  { pane_id, force }: { pane_id: string; force: boolean },
): Promise<boolean> {
  const buffer = bufferName();
  const held = await send(socket, pane_id, {
    // if-shell -F tests a format inside tmux; no shell takes part.
    args: ["set-buffer", "-b", buffer, "\r", ";"].concat(
      ["if-shell", "-F", "-t", pane_id, force ? "0" : `#{m/r:${WAITING_TITLE},#{pane_title}}`],
      [`delete-buffer -b ${buffer} ; display-message -p held`],
      [pasteCommand(buffer, pane_id).join(" ")],
    ),
    buffer,
  });
  return held.trim() !== "held";
}

/**
 * The first control character other than tab and line end, in words; undefined when there is none.
 * Also finds half a surrogate pair, which cannot be sent at all.
 */
export function findControlCharacter(text: string): string | undefined {
  // deno-lint-ignore no-control-regex
  const match = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\p{Surrogate}/u.exec(text);
  if (!match) return undefined;
  const code = match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  const line = text.slice(0, match.index).split(/\r\n?|\n/).length;
  return `the control character U+${code} in line ${line}`;
}

/** A name of our own: somebody else's newest buffer is never pasted or lost. */
function bufferName(): string {
  return `codexdash-${crypto.randomUUID()}`;
}

function pasteCommand(buffer: string, pane_id: string): string[] {
  return ["paste-buffer", "-d", "-b", buffer, "-t", pane_id];
}

async function send(
  socket: TmuxSocket,
  pane_id: string,
  { args, buffer, stdin }: { args: string[]; buffer: string; stdin?: Uint8Array },
): Promise<string> {
  if (!/^%\d+$/.test(pane_id)) throw new RangeError(`${JSON.stringify(pane_id)} is no pane id`);
  const result = await tmux(socket, args, stdin);
  if (result.ok) return result.stdout;
  await tmux(socket, ["delete-buffer", "-b", buffer]);
  throw new CodexdashError("unavailable", `Cannot type into pane ${pane_id}: ${result.stderr}`);
}
