/**
 * Tells our options from codexctl's words, so that codexctl gets its own exactly as they were typed and
 * none of ours.
 */
import type { Flags } from "../server/config.ts";

/** Our settings that every word of codexctl's takes. */
const SETTING_VALUES = ["session", "tmux-socket", "driver", "codexctl", "log"];

export interface WordOptions {
  /** codexctl's options. */
  values: readonly string[];
  switches: readonly string[];
  /** More of ours. */
  our_values?: readonly string[];
  our_switches?: readonly string[];
  /** How many words before the options are none: `send <target>`. */
  positionals: number;
}

export interface Words {
  positionals: string[];
  /** Values of options by name, `true` for a switch. */
  flags: Flags;
  /** Our own of them. */
  our_flags: Flags;
  /** What comes after the options; `--` before it is left out. */
  rest: string[];
  /** The arguments without our options. */
  passed: string[];
  /** What is wrong with them, for whoever minds: codexctl speaks for itself. */
  problem: string | undefined;
}

/** Reads up to `--` or the first word that is neither an option nor awaited. Never throws. */
export function readWords(args: readonly string[], options: WordOptions): Words {
  const our_values = [...SETTING_VALUES, ...options.our_values ?? []];
  const words: Words = {
    positionals: [],
    flags: {},
    our_flags: {},
    rest: [],
    passed: [],
    problem: undefined,
  };
  let at = 0;
  while (at < args.length) {
    const arg = args[at]!;
    const [, name = "", inline] = /^--([a-z][a-z-]*)(?:=(.*))?$/s.exec(arg) ?? [];
    const ours = our_values.includes(name) || (options.our_switches ?? []).includes(name);
    const takesValue = our_values.includes(name) || options.values.includes(name);
    const known = ours || takesValue || options.switches.includes(name);
    const start = at;
    if (known) {
      const value = takesValue ? inline ?? args[++at] : true;
      if (value === undefined) words.problem ??= `--${name} needs a value`;
      words.flags[name] = value;
      if (ours) words.our_flags[name] = value;
    } else if (!arg.startsWith("-") && words.positionals.length < options.positionals) {
      words.positionals.push(arg);
    } else {
      break;
    }
    at++;
    if (!ours) words.passed.push(...args.slice(start, at));
  }
  const rest = args.slice(at);
  words.passed.push(...rest);
  words.rest = rest[0] === "--" ? rest.slice(1) : rest;
  if (rest[0] !== "--" && /^--?[a-z][a-z-]*(=|$)/.test(rest[0] ?? "")) {
    words.problem ??= `there is no option ${rest[0]}; put -- before words that start with a dash`;
  }
  return words;
}
