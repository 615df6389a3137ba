/** How much JavaScript the tower page loads before any chart, as it comes over the wire. */
import { gzipSync } from "node:zlib";
import { TestWorld } from "../support/temp.ts";
import { type Figure, repeat } from "./figure.ts";
import { ServerProcess } from "./process.ts";

export const pageScript: Figure = {
  name: "script",
  measure: async () => {
    await using world = new TestWorld();
    await using server = await ServerProcess.start(world);
    return await repeat(
      1,
      [{ name: "page JavaScript, gzip", unit: "KB", better: "less", target: 30 }],
      async () => [await scriptKb(server.url)],
    );
  },
};

/** Scripts in the page and what they import statically; a dynamic import is not loaded at once. */
async function scriptKb(url: string): Promise<number> {
  const page = await (await fetch(url)).text();
  const found = new Set(
    [...page.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="([^"]+\.js[^"]*)"/g)]
      .map(([, path = ""]) => new URL(path, url).href),
  );
  if (found.size === 0) throw new Error("Cannot measure the page's script: it has none");
  let bytes = 0;
  for (const script of found) {
    const text = await (await fetch(script)).text();
    bytes += gzipSync(text).length;
    for (const [, path = ""] of text.matchAll(/\b(?:import|from)\s*"(\.[^"]+)"/g)) {
      found.add(new URL(path, script).href);
    }
  }
  return bytes / 1000;
}
