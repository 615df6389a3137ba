/** Finds the server that runs on the data folder, on whatever port, and asks it. */
import { CodexdashError, type ErrorCode, HTTP_STATUS } from "../server/error.ts";
import { readRunFile, type RunFile } from "../server/run_file.ts";
import type { SourceHealth } from "../server/wire.ts";

/** It is on this machine: an answer takes milliseconds, unless it is stuck. */
const TIMEOUT_MS = 5_000;

export interface Health {
  ok: boolean;
  started_ts: number;
  seq: number;
  sources: SourceHealth[];
}

export interface ServerLink extends RunFile {
  health: Health;
}

/** The running server, or undefined when none answers. */
export async function findServer(dir: string): Promise<ServerLink | undefined> {
  const run = readRunFile(dir);
  if (!run) return undefined;
  goDirect(run.url);
  try {
    const health = await getJson<Health>(run.url, "/api/health");
    // Another program, or another folder's server, may have got the port after a crash.
    return health.started_ts === run.started_ts ? { ...run, health } : undefined;
  } catch {
    return undefined;
  }
}

/** Asks the server. Throws `CodexdashError` with the server's own words when it says no. */
export async function getJson<T>(url: string, path: string): Promise<T> {
  const response = await ask(url, path, AbortSignal.timeout(TIMEOUT_MS));
  return await response.json() as T;
}

/** The same for an answer that takes as long as it is. */
export async function getStream(
  url: string,
  path: string,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const { body } = await ask(url, path);
  return body ?? new Response("").body!;
}

async function ask(url: string, path: string, signal: AbortSignal | null = null) {
  const response = await fetch(new URL(path, url), { signal });
  if (response.ok) return response;
  const body = await response.json().catch(() => undefined) as
    | { code?: string; message?: string }
    | undefined;
  const code = body?.code !== undefined && body.code in HTTP_STATUS
    ? body.code as ErrorCode
    : "unavailable";
  throw new CodexdashError(
    code,
    body?.message ?? `Cannot read "${path}": the server answered ${response.status}`,
  );
}

/**
 * A user's proxy cannot reach this machine's own addresses, and Deno sends everything to it. Nothing
 * else is asked by the commands that look for a server, so this holds for the whole process.
 */
export function goDirect(url: string): void {
  const hosts = ["localhost", "127.0.0.1", "::1", new URL(url).hostname].join(",");
  for (const name of ["NO_PROXY", "no_proxy"]) Deno.env.set(name, hosts);
}
