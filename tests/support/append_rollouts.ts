/**
 * A process that writes session files as another program does: `append_rollouts.ts <from> <to>`
 * copies every file in one folder to the other, all of them by turns, in random pieces.
 */
import { join } from "node:path";

const [from, to] = [Deno.args[0]!, Deno.args[1]!];
const left = [...Deno.readDirSync(from)].map(({ name }) => ({
  path: join(to, name),
  bytes: Deno.readFileSync(join(from, name)),
}));
while (left.length > 0) {
  const at = Math.floor(Math.random() * left.length);
  const { path, bytes } = left[at]!;
  const length = Math.ceil(Math.random() * 8_000);
  Deno.writeFileSync(path, bytes.subarray(0, length), { append: true });
  left[at]!.bytes = bytes.subarray(length);
  if (bytes.length <= length) left.splice(at, 1);
  if (Math.random() < 0.3) await new Promise((done) => setTimeout(done, 1));
}
