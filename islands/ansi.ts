/**
 * Terminal text to styled runs: SGR sequences become class names, everything stays text. Colours of
 * all three kinds (16, 256, true) are mapped to the theme's own hues, so that what was chosen for a
 * black terminal is readable on a light page too.
 */

/** A piece of text with the classes that style it, "" for plain. */
export interface Run {
  text: string;
  style: string;
}

type Hue = "red" | "yellow" | "green" | "cyan" | "blue" | "magenta";
/** A text colour: a hue, `faint` for dark greys; undefined for the page's own. */
type Colour = Hue | "faint" | undefined;

interface Style {
  colour: Colour;
  ground: Hue | "panel" | undefined;
  flags: Set<string>;
}

/** SGR; then what is dropped: OSC (titles, links), other CSI sequences, other control characters. */
const SEQUENCE =
  // deno-lint-ignore no-control-regex
  /\x1b\[([0-9;:]*)m|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b\[[0-?]*[ -/]*[@-~]?|[\x00-\x08\x0b-\x1f\x7f]/g;

/** Runs of each line. Styles carry over from line to line, as in `capture-pane -e`. */
export function parseAnsi(lines: readonly string[]): Run[][] {
  const style: Style = { colour: undefined, ground: undefined, flags: new Set() };
  return lines.map((line) => parseLine(line, style));
}

function parseLine(line: string, style: Style): Run[] {
  const runs: Run[] = [];
  let end = 0;
  const add = (text: string) => {
    if (text === "") return;
    const classes = styleClasses(style);
    const last = runs.at(-1);
    if (last?.style === classes) last.text += text;
    else runs.push({ text, style: classes });
  };
  for (const match of line.matchAll(SEQUENCE)) {
    add(line.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[1] !== undefined) applySgr(style, match[1]);
  }
  add(line.slice(end));
  return runs;
}

function styleClasses({ colour, ground, flags }: Style): string {
  const classes = [...flags];
  if (colour) classes.push(`fg-${colour}`);
  if (ground) classes.push(`bg-${ground}`);
  return classes.join(" ");
}

const FLAGS: Record<number, string> = {
  1: "bold",
  2: "dim",
  3: "italic",
  4: "underline",
  7: "inverse",
  9: "strike",
};
const FLAG_ENDS: Record<number, string[]> = {
  22: ["bold", "dim"],
  23: ["italic"],
  24: ["underline"],
  27: ["inverse"],
  29: ["strike"],
};
const BASIC: readonly Colour[] = [
  "faint",
  "red",
  "green",
  "yellow",
  "blue",
  "magenta",
  "cyan",
  undefined,
];

function applySgr(style: Style, parameters: string): void {
  const codes = parameters.split(";");
  for (let index = 0; index < codes.length; index++) {
    // A colour's parts stand in one parameter with colons or in the next ones (ECMA-48, xterm).
    const [code = 0, ...parts] = codes[index]!.split(":").map(Number);
    const isColour = code === 38 || code === 48;
    if (!isColour) applyCode(style, parts[0] === 0 ? 24 : code);
    else if (parts.length) applyColour(style, code, parts);
    else {
      const rest = codes.slice(index + 1, index + 5).map(Number);
      const used = rest[0] === 5 ? 2 : rest[0] === 2 ? 4 : rest.length;
      applyColour(style, code, rest.slice(0, used));
      index += used;
    }
  }
}

/** `4:0` is how tmux ends an underline of a shape: it comes here as 24. */
function applyCode(style: Style, code: number): void {
  const flag = FLAGS[code];
  if (code === 0) {
    style.flags.clear();
    style.colour = style.ground = undefined;
  } else if (flag) style.flags.add(flag);
  else if (FLAG_ENDS[code]) { for (const name of FLAG_ENDS[code]) style.flags.delete(name); }
  else if (code >= 30 && code <= 37) style.colour = BASIC[code - 30];
  else if (code >= 90 && code <= 97) style.colour = BASIC[code - 90];
  else if (code === 39) style.colour = undefined;
  else if (code >= 40 && code <= 47) style.ground = groundOf(BASIC[code - 40]);
  else if (code >= 100 && code <= 107) style.ground = groundOf(BASIC[code - 100]);
  else if (code === 49) style.ground = undefined;
}

/** `parts` is `5, index` or `2, red, green, blue`, the latter maybe with a colour space before red. */
function applyColour(style: Style, code: 38 | 48, [kind, ...values]: number[]): void {
  if (kind !== 5 && kind !== 2) return;
  const rgb = kind === 5 ? paletteColour(values[0] ?? 0) : values.slice(-3);
  if (rgb.length < 3) return;
  const [red = 0, green = 0, blue = 0] = rgb;
  if (code === 38) style.colour = colourOf([red, green, blue]);
  else style.ground = isDark(rgb) ? undefined : groundOf(colourOf([red, green, blue]));
}

function groundOf(colour: Colour): Style["ground"] {
  return colour === "faint" || colour === undefined ? "panel" : colour;
}

type Rgb = readonly [red: number, green: number, blue: number];

const PALETTE_16 = "000800080880008808088ccc888f000f0ff000ff0f0fffff".match(/.{3}/g)!;
const CUBE = [0, 95, 135, 175, 215, 255];

/** xterm's 256 colours: 16 named, a 6×6×6 cube, 24 greys. */
function paletteColour(index: number): Rgb {
  if (index < 16) {
    const [red, green, blue] = [...PALETTE_16[index]!].map((digit) => parseInt(digit, 16) * 17);
    return [red!, green!, blue!];
  }
  if (index >= 232) {
    const grey = 8 + (Math.min(index, 255) - 232) * 10;
    return [grey, grey, grey];
  }
  const cell = index - 16;
  return [CUBE[Math.floor(cell / 36)]!, CUBE[Math.floor(cell / 6) % 6]!, CUBE[cell % 6]!];
}

const HUES: readonly Hue[] = ["red", "yellow", "green", "cyan", "blue", "magenta"];

/** The nearest hue; colours with hardly any are greys: dark ones faint, light ones the page's own. */
function colourOf([red, green, blue]: Rgb): Colour {
  const highest = Math.max(red, green, blue);
  const spread = highest - Math.min(red, green, blue);
  if (spread < 40) return highest < 160 ? "faint" : undefined;
  const sector = highest === red
    ? (green - blue) / spread
    : highest === green
    ? 2 + (blue - red) / spread
    : 4 + (red - green) / spread;
  return HUES[(Math.round(sector) + 6) % 6];
}

/** A ground this dark is a terminal's own background, painted explicitly. */
function isDark(rgb: readonly number[]): boolean {
  return Math.max(...rgb) < 40;
}
