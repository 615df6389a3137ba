/** Which driver types into panes: the user's own codexctl, and where to find it, or the built-in one. */
import { join } from "node:path";
import type { Config } from "../config.ts";
import { CodexdashError } from "../error.ts";
import { findProgram } from "./programs.ts";

/** What types into panes. */
export type Driver = { driver: "builtin" } | { driver: "codexctl"; path: string };

/**
 * Chooses by `config.driver`. In `auto` a configured tmux server makes it the built-in one: codexctl
 * only knows the default server, and would type into panes of the same name there. Throws
 * `CodexdashError` "unavailable" when codexctl is asked for and not there.
 */
export function chooseDriver(config: Config): Driver {
  if (config.driver === "builtin") return { driver: "builtin" };
  if (config.driver === "auto" && config.tmux_socket !== "") return { driver: "builtin" };
  const path = findCodexctl(config);
  if (path !== undefined) return { driver: "codexctl", path };
  if (config.driver === "auto") return { driver: "builtin" };
  throw new CodexdashError(
    "unavailable",
    "Cannot find codexctl on PATH or in ~/bin: install it there, name it with --codexctl, or use " +
      "--driver builtin",
  );
}

/**
 * The configured program, else the first on PATH, else `~/bin/codexctl`; undefined when there is none.
 * Throws `CodexdashError` "unavailable" when the configured one is not there.
 */
export function findCodexctl({ codexctl, path, home }: Config): string | undefined {
  const found = findProgram(codexctl || "codexctl", path, [join(home, "bin")]);
  if (found === undefined && codexctl !== "") {
    throw new CodexdashError(
      "unavailable",
      `Cannot run "${codexctl}": no such program; correct --codexctl or CODEXDASH_CODEXCTL`,
    );
  }
  // A link from codexctl to CodexDash itself would make it start itself without end.
  return found !== undefined && isOurselves(found) ? undefined : found;
}

function isOurselves(path: string): boolean {
  return Deno.realPathSync(path) === Deno.realPathSync(Deno.execPath());
}
