/**
 * What a terminal can show. Texts of agents are untrusted: everything that a terminal would obey
 * instead of show is taken out before it is printed.
 */
import type { Config } from "../server/config.ts";

export { plainLine, plainText } from "../server/plain_text.ts";

export type Colour = "green" | "cyan" | "yellow" | "red" | "grey" | "bold";

const SGR: Record<Colour, number> = {
  green: 32,
  cyan: 36,
  yellow: 33,
  red: 31,
  grey: 90,
  bold: 1,
};

export interface Terminal {
  /** Columns of a terminal; undefined where output goes to a file or another program. */
  width: number | undefined;
  paint(text: string, colour: Colour | undefined): string;
}

/** Standard output as it is; colours only on a terminal and only without NO_COLOR. */
export function openTerminal(config: Pick<Config, "no_color">): Terminal {
  const is_terminal = Deno.stdout.isTerminal();
  const has_colours = is_terminal && config.no_color === "";
  return {
    width: is_terminal ? Deno.consoleSize().columns : undefined,
    paint: (text, colour) =>
      has_colours && colour && text ? `\x1b[${SGR[colour]}m${text}\x1b[0m` : text,
  };
}

/** Prints to standard output; returns false once its reader is gone, as after `| head`. */
export function print(text: string): boolean {
  return printBytes(new TextEncoder().encode(`${text}\n`));
}

/** The same for what is text already. */
export function printBytes(bytes: Uint8Array): boolean {
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
}
