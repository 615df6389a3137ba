/**
 * A process that appends lines to an event file in random pieces: `append.ts <path>`. Every number on
 * stdin is how many lines the file is to have; it ends with stdin. The lines are those of `line` in
 * event_file.ts, about 1.2 KB each.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { lines } from "./event_file.ts";

const path = Deno.args[0]!;
const filler = "Grüße ⠹ ".repeat(90);
let written = 0;
for await (const target of createInterface({ input: process.stdin })) {
  while (written < Number(target)) {
    const next = Math.min(written + 100, Number(target));
    const bytes = new TextEncoder().encode(lines(written, next, filler));
    written = next;
    for (let at = 0; at < bytes.length;) {
      const length = Math.ceil(Math.random() * 60_000);
      Deno.writeFileSync(path, bytes.subarray(at, at + length), { append: true });
      at += length;
      if (Math.random() < 0.1) await new Promise((done) => setTimeout(done));
    }
  }
}
