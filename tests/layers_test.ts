/**
 * Who may import whom. `LAYERS` is the rule and the README shows the same table; the tests read every
 * import of the program, type-only ones too, with `deno info`.
 */
import assert from "node:assert/strict";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * Top layer first: a path, and what its files may import besides each other. A file belongs to the
 * longest path that it starts with. Imports point downwards: a row names only rows below it, or a
 * folder for everything below in it.
 */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["cli/"],
  "cli/": [
    "server/serve.ts",
    "server/doctor.ts",
    "server/dispatch/",
    "server/export/",
    "server/store/commit.ts",
    "server/store/",
    "server/tokens/",
    "server/tmux/",
    "server/run_file.ts",
    "server/config.ts",
    "server/self.ts",
    "server/version.ts",
    "server/plain_text.ts",
    "server/log.ts",
    "server/error.ts",
    "server/wire.ts",
  ],
  "server/serve.ts": ["server/"],
  "server/app.ts": ["server/"],
  "server/doctor.ts": [
    "server/doctor/",
    "server/hub.ts",
    "server/store/",
    "server/run_file.ts",
    "server/config.ts",
    "server/log.ts",
    "server/error.ts",
    "server/wire.ts",
  ],
  "server/doctor/": [
    "server/dispatch/",
    "server/store/",
    "server/tokens/",
    "server/tmux/",
    "server/codex/",
    "server/config.ts",
    "server/self.ts",
    "server/error.ts",
    "server/wire.ts",
  ],
  "server/pages/": [
    "islands/",
    "server/dispatch/",
    "server/hub.ts",
    "server/store/",
    "server/tokens/",
    "server/config.ts",
    "server/version.ts",
    "server/log.ts",
    "server/error.ts",
    "server/wire.ts",
  ],
  "server/routes/": [
    "server/dispatch/",
    "server/export/",
    "server/hub.ts",
    "server/store/",
    "server/tokens/",
    "server/config.ts",
    "server/version.ts",
    "server/log.ts",
    "server/error.ts",
    "server/wire.ts",
  ],
  "server/assets.ts": ["server/log.ts", "server/error.ts"],
  "islands/": ["server/wire.ts"],
  "server/pipeline.ts": [
    "server/sources/source.ts",
    "server/store/commit.ts",
    "server/hub.ts",
    "server/codex/",
    "server/log.ts",
    "server/error.ts",
    "server/wire.ts",
  ],
  "server/sources/": [
    "server/sources/source.ts",
    "server/tmux/",
    "server/daemon/",
    "server/tokens/",
    "server/codex/",
    "server/log.ts",
    "server/error.ts",
    "server/wire.ts",
  ],
  "server/sources/source.ts": ["server/wire.ts"],
  "server/dispatch/": [
    "server/tmux/",
    "server/codex/",
    "server/config.ts",
    "server/log.ts",
    "server/error.ts",
    "server/wire.ts",
  ],
  "server/store/commit.ts": ["server/store/", "server/codex/", "server/error.ts", "server/wire.ts"],
  "server/export/": [
    "server/store/",
    "server/plain_text.ts",
    "server/error.ts",
    "server/wire.ts",
  ],
  "server/hub.ts": ["server/log.ts", "server/error.ts", "server/wire.ts"],
  "server/store/": ["server/codex/", "server/plain_text.ts", "server/error.ts", "server/wire.ts"],
  "server/daemon/": [
    "server/codex/",
    "server/version.ts",
    "server/log.ts",
    "server/error.ts",
    "server/wire.ts",
  ],
  "server/tmux/": ["server/log.ts", "server/error.ts"],
  "server/tokens/": ["server/log.ts", "server/error.ts", "server/wire.ts"],
  "server/codex/": ["server/wire.ts"],
  "server/run_file.ts": ["server/log.ts", "server/error.ts"],
  "server/config.ts": ["server/error.ts"],
  "server/self.ts": [],
  "server/version.ts": ["deno.json"],
  "server/plain_text.ts": [],
  "server/log.ts": [],
  "server/error.ts": [],
  "server/wire.ts": ["server/wire/"],
  "server/wire/": [],
  "deno.json": [],
};

const ROOT = dirname(import.meta.dirname ?? ".");
const ROWS = Object.keys(LAYERS);

/** The files of the program; `deno info` finds what they import. */
function programFiles(): string[] {
  return ["main.ts", ...["server", "cli", "islands"].flatMap((dir) => walk(dir))];
}

function walk(dir: string): string[] {
  return [...Deno.readDirSync(join(ROOT, dir))].flatMap(({ name, isDirectory }) =>
    isDirectory ? walk(`${dir}/${name}`) : [`${dir}/${name}`]
  );
}

interface Dependency {
  code?: { specifier?: string };
  type?: { specifier?: string };
}

/** Imports of one file of the program by another: from → to, paths from the project's root. */
async function readImports(): Promise<Map<string, string[]>> {
  const all = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const sources = programFiles().filter((file) => /\.tsx?$/.test(file));
    const imports = sources.map((file) => `import "${pathToFileURL(join(ROOT, file))}";\n`);
    await Deno.writeTextFile(all, imports.join(""));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--config", join(ROOT, "deno.json"), all],
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const info: { modules: { specifier: string; dependencies?: Dependency[] }[] } = JSON.parse(
      new TextDecoder().decode(stdout),
    );
    return new Map(
      info.modules.flatMap(({ specifier, dependencies = [] }) => {
        const from = inProject(specifier);
        const to = dependencies.flatMap(({ code, type }) => [code?.specifier, type?.specifier]);
        return from === undefined
          ? []
          : [[from, [...new Set(to.flatMap((it) => inProject(it) ?? []))]]];
      }),
    );
  } finally {
    await Deno.remove(all);
  }
}

function inProject(specifier: string | undefined): string | undefined {
  if (!specifier?.startsWith("file:")) return undefined;
  const path = relative(ROOT, fileURLToPath(specifier));
  return path.startsWith("..") ? undefined : path;
}

/** The row that a file belongs to. */
function rowOf(file: string): string | undefined {
  return ROWS.filter((row) => row === file || (row.endsWith("/") && file.startsWith(row)))
    .sort((a, b) => b.length - a.length)[0];
}

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  return (LAYERS[from] ?? []).some((entry) => covers(entry, to));
}

/** An entry is a row, or a folder that is no row and stands for all rows in it. */
function covers(entry: string, row: string): boolean {
  return entry === row || (!(entry in LAYERS) && row.startsWith(entry));
}

function listed(lines: string[]): string {
  return `\n${lines.sort().join("\n")}\n`;
}

Deno.test("every import is one that the table of layers allows", async () => {
  const offending: string[] = [];
  for (const [from, imports] of await readImports()) {
    const row = rowOf(from);
    if (row === undefined) offending.push(`${from} belongs to no row`);
    else {
      for (const to of imports) {
        const target = rowOf(to);
        if (target === undefined) offending.push(`${from} → ${to}, which belongs to no row`);
        else if (!mayImport(row, target)) offending.push(`${from} → ${to}`);
      }
    }
  }
  assert.equal(offending.length, 0, listed(offending));
});

Deno.test("no file imports itself by way of others", async () => {
  const imports = await readImports();
  const cycles = new Set<string>();
  const finished = new Set<string>();
  const visit = (file: string, trail: string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) cycles.add([...trail.slice(start), file].join(" → "));
    if (start >= 0 || finished.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...trail, file]);
    finished.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  assert.equal(cycles.size, 0, listed([...cycles]));
});

Deno.test("the table of layers points downwards, and every row has its files", () => {
  const wrong: string[] = [];
  ROWS.forEach((row, index) => {
    const below = ROWS.slice(index + 1);
    for (const entry of LAYERS[row] ?? []) {
      if (!below.some((other) => covers(entry, other))) {
        wrong.push(`${row} → ${entry} is not below`);
      }
    }
  });
  const rows = new Set(["deno.json", ...programFiles()].map(rowOf));
  wrong.push(...ROWS.filter((row) => !rows.has(row)).map((row) => `${row} holds no file`));
  assert.equal(wrong.length, 0, listed(wrong));
});

Deno.test("files are named in snake_case", () => {
  const source = /^[a-z0-9]+(_[a-z0-9]+)*\.(ts|tsx|sql)$/;
  const wrong = [...programFiles(), ...walk("tests")]
    .filter((file) => /\.(ts|tsx|sql)$/.test(file) && !file.startsWith("tests/testdata/"))
    .filter((file) => !source.test(basename(file)));
  assert.equal(wrong.length, 0, listed(wrong));
});

Deno.test("the README shows the same table of layers", async () => {
  const readme = await Deno.readTextFile(join(ROOT, "README.md"));
  const cells = readme.split("\n").filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim().replaceAll("`", "")));
  const head = cells.findIndex((row) => row.join("|") === "path|holds|may import");
  assert.ok(head >= 0, "README.md has no table | path | holds | may import |");
  const shown = cells.slice(head + 2).filter((row) => row.length === 3)
    .filter(([path = ""]) => path in LAYERS || /^(server|cli|islands)\//.test(path))
    .map(([path, , may_import]) => `${path} | ${may_import}`);
  const expected = ROWS.map((row) => `${row} | ${LAYERS[row]?.join(", ") || "nothing"}`);
  assert.deepEqual(shown, expected);
});
