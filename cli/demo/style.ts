/** The few colours and weights of the Codex screen, as SGR sequences (REC pane-*.ansi). */

const ESC = "\x1b[";

function styled(codes: string, text: string): string {
  return `${ESC}${codes}m${text}${ESC}0m`;
}

export const bold = (text: string) => styled("1", text);
export const dim = (text: string) => styled("2", text);
export const italic = (text: string) => styled("3", text);
export const reverse = (text: string) => styled("1;7", text);
export const colour = (index: number, text: string) => styled(`38;5;${index}`, text);
export const boldColour = (index: number, text: string) => styled(`1;38;5;${index}`, text);

/** A row of a user's prompt: its background reaches the right edge. */
export function promptRow(lead: string, text: string): string {
  return `${ESC}38;5;255;48;5;238m${lead && `${ESC}1;2m${lead}${ESC}22m`}${text}${ESC}K${ESC}0m`;
}

/** A shell command: its first word stands out. */
export function command(text: string): string {
  const end = text.search(/\s|$/);
  return styled("38;2;137;180;250", text.slice(0, end)) +
    styled("38;2;205;214;244", text.slice(end));
}
