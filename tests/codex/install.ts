/** Owns the real Codex CLI that the tests drive: one pinned version, in a cache outside the project. */
import { join } from "node:path";

/** The version that the recordings in tests/testdata/codex are of. */
const VERSION = "0.169.0";

/**
 * Path of the `codex` program, installed by npm at the first call. An interrupted install leaves
 * nothing behind that a later call would take for a whole one. Throws when npm fails.
 */
export async function installCodex(): Promise<string> {
  const home = Deno.env.get("HOME") ?? "/root";
  const cache = Deno.env.get("XDG_CACHE_HOME") || join(home, ".cache");
  const dir = join(cache, "codexdash-test", `codex-${VERSION}`);
  const codex = join(dir, "node_modules", ".bin", "codex");
  if (await works(codex)) return codex;
  await Deno.mkdir(join(cache, "codexdash-test"), { recursive: true });
  const part = await Deno.makeTempDir({ dir: join(cache, "codexdash-test"), prefix: "part-" });
  try {
    console.error(`installing @openai/codex@${VERSION} (about 400 MB)`);
    await npmInstall(part, `@openai/codex@${VERSION}`);
    await Deno.remove(dir, { recursive: true }).catch(() => {});
    await Deno.rename(part, dir);
  } finally {
    await Deno.remove(part, { recursive: true }).catch(() => {});
  }
  if (!await works(codex)) throw new Error(`Cannot run "${codex}": remove "${dir}" and try again`);
  return codex;
}

async function works(codex: string): Promise<boolean> {
  try {
    const output = await new Deno.Command(codex, { args: ["--version"], stdin: "null" }).output();
    return new TextDecoder().decode(output.stdout).trim() === `codex-cli ${VERSION}`;
  } catch {
    return false;
  }
}

async function npmInstall(dir: string, spec: string): Promise<void> {
  const { success } = await new Deno.Command("npm", {
    args: ["install", "--prefix", dir, "--no-audit", "--no-fund", "--loglevel", "error", spec],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot install "${spec}": npm failed, see above`);
}
