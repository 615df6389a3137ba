/**
 * Type checks what runs in a browser with a browser's libraries only: `Deno.cwd()` in an island is an
 * error here, where the server's own check would let it pass.
 */
import { join } from "node:path";
import manifest from "../deno.json" with { type: "json" };

const ROOT = join(import.meta.dirname ?? ".", "..");

/** The islands and the one file of the server that they import. */
export function browserFiles(): string[] {
  const islands = [...Deno.readDirSync(join(ROOT, "islands"))].map(({ name }) =>
    join(ROOT, "islands", name)
  );
  return [...islands.filter((file) => /\.tsx?$/.test(file)), join(ROOT, "server", "wire.ts")];
}

/** What `deno check` says against these files; empty when it says nothing. */
export async function checkBrowser(files: readonly string[]): Promise<string> {
  const dir = await Deno.makeTempDir({ prefix: "codexdash-check-" });
  try {
    const config = join(dir, "deno.json");
    const { imports, nodeModulesDir, compilerOptions } = manifest;
    await Deno.writeTextFile(
      config,
      JSON.stringify({
        imports,
        nodeModulesDir,
        compilerOptions: { ...compilerOptions, lib: ["dom", "dom.iterable", "esnext"] },
      }),
    );
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--config", config, "--lock", join(ROOT, "deno.lock"), ...files],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).output();
    if (success) return "";
    const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("").trim();
    return said || "deno check failed without a word";
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

if (import.meta.main) {
  const said = await checkBrowser(browserFiles());
  if (said) {
    console.error(said);
    Deno.exit(1);
  }
}
