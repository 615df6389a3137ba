/** Runs `codexdash` as people do: a process of its own, in a world of its own. */
import { join } from "node:path";
import type { EventPayload } from "../../server/wire.ts";
import type { TestWorld } from "./temp.ts";

const ROOT = join(import.meta.dirname ?? ".", "..", "..");
/** Follows what is known of codexctl; see the script. */
export const STAND_IN = join(ROOT, "tests", "support", "codexctl");

/** Far longer than anything here takes on a busy machine. */
const LONGEST_MS = 120_000;

export interface DashOptions {
  env?: Record<string, string>;
  /** What it reads; without, nothing: its stdin is /dev/null. */
  stdin?: string | Uint8Array<ArrayBuffer>;
}

export interface DashResult {
  code: number;
  stdout: string;
  stderr: string;
  bytes: Uint8Array;
}

/** The command line that starts `codexdash` with these arguments, for a shell or tmux. */
export function dashCommand(...args: string[]): string[] {
  return [Deno.execPath(), "run", "-A", "--no-check", join(ROOT, "main.ts"), ...args];
}

/** Starts it with all of its output piped; `stdin` is only "piped" when asked for. */
export function startDash(
  world: TestWorld,
  args: string[],
  { env = {}, stdin }: { env?: Record<string, string>; stdin?: "piped" } = {},
): Deno.ChildProcess {
  const [program = "", ...rest] = dashCommand(...args);
  return new Deno.Command(program, {
    args: rest,
    env: world.env(env),
    clearEnv: true,
    stdin: stdin ?? "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs it to its end. */
export async function runDash(
  world: TestWorld,
  args: string[],
  { env, stdin }: DashOptions = {},
): Promise<DashResult> {
  const child = startDash(world, args, {
    ...(env ? { env } : {}),
    ...(stdin === undefined ? {} : { stdin: "piped" }),
  });
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    const bytes = typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin;
    await writer.write(bytes).then(() => writer.close()).catch(() => {});
  }
  return await endOf(child);
}

/** Reads a child to its end; kills it and throws when it does not end. */
export async function endOf(child: Deno.ChildProcess): Promise<DashResult> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, LONGEST_MS);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const decoder = new TextDecoder();
  const texts = { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  if (late) throw new Error(`it did not end within ${LONGEST_MS} ms; it said\n${texts.stderr}`);
  return { code, ...texts, bytes: stdout };
}

/** The world's event lines so far. */
export function readEvents(world: TestWorld): EventPayload[] {
  try {
    const lines = Deno.readTextFileSync(world.events).split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as EventPayload);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** The events of one type. */
export function eventsOf<Type extends EventPayload["type"]>(
  world: TestWorld,
  type: Type,
): Extract<EventPayload, { type: Type }>[] {
  return readEvents(world).filter((event): event is Extract<EventPayload, { type: Type }> =>
    event.type === type
  );
}
