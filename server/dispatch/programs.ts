/** Finds programs as a shell would, without one. */
import { join } from "node:path";

/** The first `name` on `path` (folders, colon-separated), or in `more` folders; else undefined. */
export function findProgram(
  name: string,
  path: string,
  more: readonly string[] = [],
): string | undefined {
  if (name.includes("/")) return isProgram(name) ? name : undefined;
  const folders = path.split(":").filter((folder) => folder !== "");
  return [...folders, ...more].map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}
