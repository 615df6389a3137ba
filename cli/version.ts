/** `codexdash version`. */
import { VERSION } from "../server/version.ts";
import { PROTOCOL_VERSION } from "../server/wire.ts";
import { EXIT_CODES, JSON_OPTION, parseCommand } from "./args.ts";
import { print } from "./terminal.ts";

export const help = `Usage: codexdash version [--json]

Prints the version.

  --json             with the versions of what it runs on

${EXIT_CODES}`;

export function run(args: string[]): Promise<number> {
  const { values } = parseCommand(args, { word: "version", options: JSON_OPTION });
  const { deno, v8 } = Deno.version;
  print(
    values.json
      ? JSON.stringify({
        version: VERSION,
        protocol_version: PROTOCOL_VERSION,
        deno,
        v8,
        target: Deno.build.target,
      })
      : `codexdash ${VERSION}`,
  );
  return Promise.resolve(0);
}
