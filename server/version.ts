/** The program's version: the one in deno.json. */
import manifest from "../deno.json" with { type: "json" };

export const VERSION: string = manifest.version;
