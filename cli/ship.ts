/** `codexdash ship`: one feature, planned, tested, reviewed and implemented by four agents at once. */
import { shipPrompts } from "../server/dispatch/ship_prompts.ts";
import { CodexdashError } from "../server/error.ts";
import { passThrough } from "./codexctl.ts";
import { readSender, requestOptions, SEND_RULES, SEND_WORDS, sendInForeground } from "./sending.ts";

export const help = `Usage: codexdash ship "<feature>" [outdir]

Sends a feature to four agents at once: deep plans it, test writes its tests, sec reviews its security,
fast implements it. Their answers go to files in outdir, by default a new folder codex_ship_<time> in
the folder for temporary files. Options are those of send, before the feature.

${SEND_RULES}`;

/** Returns the exit code. Throws `CodexdashError` for words that make no sense. */
export async function run(args: string[]): Promise<number> {
  const sender = readSender(args, { ...SEND_WORDS, positionals: 0 });
  const { words, config, mirrored } = sender;
  const [feature, outdir, ...more] = words.rest;
  const passed = ["ship", ...words.passed];
  if (mirrored && feature === undefined) return await passThrough(passed, config) ?? 1;
  if (feature === undefined || (!mirrored && more.length > 0)) {
    throw new CodexdashError("invalid", 'Cannot ship that: codexdash ship "<feature>" [outdir]');
  }
  const options = requestOptions(sender);
  const parts = shipPrompts(feature).map(({ agent, prompt }) => ({ target: agent, prompt }));
  return await sendInForeground({
    ...options,
    targets: parts.map(({ target }) => target),
    prompt: feature,
    ...(mirrored ? {} : { parts }),
    parallel: true,
    outdir: mirrored ? outdir : outdir ?? options.outdir ?? newFolder(),
    args: ["ship", ...args],
    codexctl: { args: passed, stdin: "inherit", chooses: "several" },
  }, sender);
}

function newFolder(): string {
  const time = new Date().toISOString().slice(0, 19).replace(/\D/g, "");
  const dir = Deno.makeTempDirSync({ prefix: `codex_ship_${time}_` });
  console.error(`ship: answers go to ${dir}`);
  return dir;
}
