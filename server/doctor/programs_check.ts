/** Codex, codexctl, and Codex's own folder. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { chooseDriver, findCodexctl } from "../dispatch/codexctl.ts";
import { findProgram } from "../dispatch/programs.ts";
import { CodexdashError } from "../error.ts";
import type { Finding } from "../wire.ts";
import { type Findings, ok, quote, type Visit } from "./visit.ts";

/** Codex answers in 0.2 s on a slow machine; a program that is none may never answer. */
const VERSION_TIMEOUT_MS = 4_000;

/** Versions by path and time of the file: asking again would start a Node program each time. */
const versions = new Map<string, string>();

export async function checkPrograms({ config }: Visit): Promise<Findings> {
  const codex = findProgram(config.codex_bin, config.path);
  const found: Finding = codex ? ok("codex", "Codex is installed", await version(codex)) : {
    id: "codex_missing",
    severity: "warning",
    title: `Codex is not installed: there is no program "${config.codex_bin}"`,
    detail: "codexdash demo works without; agents need it",
    remedy: "npm install -g @openai/codex",
  };
  return { findings: [found, checkCodexctl(config), checkHome(config.codex_home)] };
}

async function version(path: string): Promise<string> {
  const { mtime, size } = Deno.statSync(path);
  const key = `${path} ${mtime?.getTime()} ${size}`;
  const known = versions.get(key);
  if (known !== undefined) return known;
  const signal = AbortSignal.timeout(VERSION_TIMEOUT_MS);
  const command = new Deno.Command(path, { args: ["--version"], stdin: "null", signal });
  const { success, stdout } = await command.output();
  const text = new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "";
  const answer = success && text ? `${text} at ${path}` : `${path}, which does not say its version`;
  if (success) versions.set(key, answer);
  return answer;
}

function checkCodexctl(config: Visit["config"]): Finding {
  try {
    const path = findCodexctl(config);
    const { driver } = chooseDriver(config);
    if (driver === "codexctl") return ok("codexctl", "codexctl types into panes", path);
    return ok(
      "codexctl",
      "The built-in driver types into panes",
      path ? `codexctl is there, too: ${path}` : "There is no codexctl, and none is needed",
    );
  } catch (error) {
    if (!(error instanceof CodexdashError)) throw error;
    return {
      id: "codexctl_missing",
      severity: "error",
      title: "codexctl is asked for and not there",
      detail: error.message,
      remedy: "export CODEXDASH_DRIVER=builtin",
    };
  }
}

function checkHome(home: string): Finding {
  try {
    statSync(home);
  } catch {
    return {
      id: "codex_home_missing",
      severity: "warning",
      title: `Codex has not run here yet: there is no "${home}"`,
      detail: "It is made when Codex starts for the first time; CODEX_HOME names another one",
      remedy: "codex login",
    };
  }
  for (const folder of [home, join(home, "sessions")]) {
    try {
      readdirSync(folder);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || isMissing(error)) continue;
      return {
        id: "codex_home_unreadable",
        severity: "error",
        title: `Codex's folder cannot be read: "${folder}"`,
        detail: "What agents write there, turns and tokens, is not seen",
        remedy: `chmod u+rx ${quote(folder)}`,
      };
    }
  }
  return ok("codex_home", "Codex's folder can be read", home);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
