/**
 * Makes sure that what the tests drive is installed: tmux and Chromium (`deno task setup`), and what
 * only some of them need. As root it installs what is missing; otherwise it names the command.
 */
import { delimiter, join } from "node:path";

/** A program and the Debian package that holds it. */
export interface Need {
  /** Names or absolute paths, any of which will do. */
  programs: readonly string[];
  packages: readonly string[];
}

const NEEDS: readonly Need[] = [
  { programs: ["tmux"], packages: ["tmux"] },
  { programs: ["/usr/bin/chromium", "chromium"], packages: ["chromium"] },
];

/**
 * Installs the packages of missing programs. Throws with the command to run when it may not install,
 * which by default is root's right, or when a program is missing even so.
 */
export async function install(
  needs: readonly Need[],
  { may_install = Deno.uid() === 0 } = {},
): Promise<void> {
  const missing = needs.filter((need) => !found(need));
  if (missing.length === 0) return;
  const packages = missing.flatMap((need) => need.packages);
  const names = missing.map((need) => need.programs[0]).join(", ");
  const command = `apt-get update && apt-get install -y --no-install-recommends ${
    packages.join(" ")
  }`;
  if (!may_install) throw new Error(`Cannot find ${names}: run "sudo sh -c '${command}'"`);
  console.error(`installing ${packages.join(", ")}`);
  await apt("update");
  await apt("install", "-y", "--no-install-recommends", ...packages);
  if (!missing.every(found)) throw new Error(`Cannot find ${names}: "${command}" did not help`);
}

function found({ programs }: Need): boolean {
  const path = Deno.env.get("PATH") ?? "/usr/bin:/bin";
  return programs.flatMap((program) =>
    program.startsWith("/") ? [program] : path.split(delimiter).map((dir) => join(dir, program))
  ).some(isProgram);
}

function isProgram(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

/** Debian's lists are fetched anew first: an image's own name package versions that are gone. */
async function apt(...args: string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command("apt-get", {
    args: ["-q", ...args],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (success) return;
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  throw new Error(`Cannot run "apt-get ${args.join(" ")}": it said\n${said}`);
}

if (import.meta.main) {
  try {
    await install(NEEDS);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
