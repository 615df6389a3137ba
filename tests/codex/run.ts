/**
 * `deno task test:codex`: installs the real Codex, then runs these tests in a network namespace that
 * has nothing but loopback, so that neither Codex nor a test can reach anyone. Arguments go to
 * `deno test` (`--filter …`); `--record` makes the recordings of record.ts instead.
 */
import { dirname, join } from "node:path";
import { install } from "../setup.ts";
import { installCodex } from "./install.ts";

const HERE = import.meta.dirname ?? ".";
const ROOT = dirname(dirname(HERE));

const NEEDS = [
  { programs: ["tmux"], packages: ["tmux"] },
  { programs: ["ip", "/usr/sbin/ip", "/sbin/ip"], packages: ["iproute2"] },
  { programs: ["unshare"], packages: ["util-linux"] },
];

const REMEDY = "run the tests as root in a container that may make namespaces " +
  "(docker run --privileged), or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, " +
  "on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0)";

/** Everything that needs the network, then the same program again without it. */
async function outside(args: string[]): Promise<number> {
  await install(NEEDS);
  const codex = await installCodex();
  const cached = await run(Deno.execPath(), [
    "cache",
    "--quiet",
    join(ROOT, "main.ts"),
    ...tests(),
  ]);
  if (cached !== 0) return cached;
  const unshare = await namespace();
  return await run("unshare", [
    ...unshare,
    Deno.execPath(),
    "run",
    "-A",
    "--cached-only",
    join(HERE, "run.ts"),
    `--inside=${codex}`,
    ...args,
  ]);
}

/** Arguments of unshare that work here: root needs no user namespace, others do. */
async function namespace(): Promise<string[]> {
  for (const args of [["--net"], ["--net", "--map-root-user"]]) {
    const { success } = await new Deno.Command("unshare", {
      args: [...args, "true"],
      stdin: "null",
      stderr: "null",
    }).output();
    if (success) return args;
  }
  throw new Error(`Cannot make a network namespace: ${REMEDY}`);
}

async function inside(codex: string, args: string[]): Promise<number> {
  const up = await run("ip", ["link", "set", "lo", "up"]);
  if (up !== 0) return up;
  const what = args[0] === "--record"
    ? ["run", "-A", "--no-check", "--cached-only", join(HERE, "record.ts")]
    : ["test", "-A", "--no-check", "--cached-only", ...args, ...tests()];
  return await run(Deno.execPath(), what, { CODEXDASH_TEST_CODEX: codex });
}

function tests(): string[] {
  return [...Deno.readDirSync(HERE)]
    .map((entry) => entry.name)
    .filter((name) => name.endsWith("_test.ts"))
    .map((name) => join(HERE, name))
    .sort();
}

/** Exit code of a program that speaks for itself. */
async function run(program: string, args: string[], env: Record<string, string> = {}) {
  const path = `${Deno.env.get("PATH") ?? "/usr/bin:/bin"}:/usr/sbin:/sbin`;
  const child = new Deno.Command(program, { args, env: { PATH: path, ...env }, stdin: "null" });
  return (await child.spawn().status).code;
}

if (import.meta.main) {
  const [first, ...rest] = Deno.args;
  const codex = first?.startsWith("--inside=") ? first.slice("--inside=".length) : undefined;
  try {
    Deno.exit(codex === undefined ? await outside(Deno.args) : await inside(codex, rest));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
