/** How to run this program again as a child. */
import { fileURLToPath } from "node:url";

const PERMISSIONS = ["read", "write", "net", "env", "sys", "run", "ffi"] as const;

/**
 * The program and arguments that run our own command line with `args`: the compiled binary itself, or
 * `deno run` of main.ts with the permissions that this process has. A permission that is limited to
 * some paths or hosts can't be told again, so the child goes without it.
 */
export function selfCommand(args: readonly string[]): string[] {
  if (Deno.build.standalone) return [Deno.execPath(), ...args];
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  return [Deno.execPath(), "run", "--no-prompt", ...permissionFlags(), main, ...args];
}

function permissionFlags(): string[] {
  const granted = PERMISSIONS.filter((name) =>
    Deno.permissions.querySync({ name }).state === "granted"
  );
  return granted.length === PERMISSIONS.length
    ? ["--allow-all"]
    : granted.map((name) => `--allow-${name}`);
}
