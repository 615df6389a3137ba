/** What happens to the event file: each case with the source running, and while it is down. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { setLogLevel } from "../../../server/log.ts";
import { EventFileWorld, line, lines, numbers } from "../../support/event_file.ts";

setLogLevel("silent");

interface Case {
  name: string;
  /** Before the source first starts. */
  before?: (world: EventFileWorld) => void;
  /** Lines that are in the file and read before it happens. */
  first: string;
  /** What happens, and what is appended then. */
  happens(world: EventFileWorld): void | Promise<void>;
  /** Every line in order, `first` included. */
  seen: unknown[];
}

const CASES: Case[] = [
  {
    name: "an append",
    first: lines(0, 3),
    happens: (world) => world.append(lines(3, 6)),
    seen: numbers(0, 6),
  },
  {
    name: "a truncation to 0 and fewer lines than before",
    first: lines(0, 20),
    happens(world) {
      Deno.truncateSync(world.path, 0);
      world.append(lines(20, 25));
    },
    seen: numbers(0, 25),
  },
  {
    name: "a truncation to 0 and more lines than before",
    first: lines(0, 5),
    happens(world) {
      Deno.truncateSync(world.path, 0);
      world.append(lines(5, 60));
    },
    seen: numbers(0, 60),
  },
  {
    name: "a truncation to 0 and lines of the same length as before",
    first: lines(10, 20),
    happens: (world) => Deno.writeTextFileSync(world.path, lines(20, 30)),
    seen: numbers(10, 30),
  },
  {
    name: "a cut in the middle and new lines",
    first: lines(0, 60),
    happens(world) {
      Deno.truncateSync(world.path, lines(0, 40).length);
      world.append(lines(60, 63));
    },
    seen: numbers(0, 63),
  },
  {
    name: "a cut in the middle of a line and new lines",
    first: lines(0, 60),
    happens(world) {
      Deno.truncateSync(world.path, lines(0, 40).length - 30);
      world.append("\n" + lines(60, 63));
    },
    seen: numbers(0, 63),
  },
  {
    name: "a rotation by rename with unread lines in the old file",
    first: lines(0, 5),
    happens(world) {
      world.append(lines(5, 8));
      Deno.renameSync(world.path, `${world.path}.1`);
      world.append(lines(8, 20));
    },
    seen: numbers(0, 20),
  },
  {
    name: "a rotation by rename to a name of its own",
    first: lines(0, 5),
    happens(world) {
      world.append(lines(5, 8));
      Deno.renameSync(world.path, join(world.folder, "yesterday"));
      world.append(lines(8, 20));
    },
    seen: numbers(0, 20),
  },
  {
    name: "a rotation by rename while a writer keeps the old file open",
    first: lines(0, 5),
    async happens(world) {
      using writer = Deno.openSync(world.path, { append: true });
      const write = (text: string) => writer.writeSync(new TextEncoder().encode(text));
      write(line(5));
      Deno.renameSync(world.path, `${world.path}.1`);
      write(line(6));
      if (world.source) await world.until(7);
      world.append(line(7));
      if (world.source) await world.until(8);
      else await world.start();
      write(line(8));
      await world.until(9);
      await world.restart();
      write(line(9));
      await world.until(10);
    },
    seen: numbers(0, 10),
  },
  {
    name: "two rotations by rename, the file between never seen",
    first: lines(0, 5),
    happens(world) {
      world.append(lines(5, 8));
      Deno.renameSync(world.path, `${world.path}.1`);
      world.append(lines(8, 20));
      Deno.renameSync(`${world.path}.1`, `${world.path}.2`);
      Deno.renameSync(world.path, `${world.path}.1`);
      world.append(lines(20, 30));
    },
    seen: numbers(0, 30),
  },
  {
    name: "a rotation by rename with no new file yet",
    first: lines(0, 5),
    happens(world) {
      world.append(lines(5, 8));
      Deno.renameSync(world.path, `${world.path}.1`);
    },
    seen: numbers(0, 8),
  },
  {
    name: "a rename away and back",
    first: lines(0, 5),
    async happens(world) {
      Deno.renameSync(world.path, `${world.path}.1`);
      if (world.source) await world.untilState("waiting");
      Deno.renameSync(`${world.path}.1`, world.path);
      world.append(lines(5, 8));
    },
    seen: numbers(0, 8),
  },
  {
    name: "a rotated file that is put back in its place",
    first: lines(0, 5),
    async happens(world) {
      Deno.renameSync(world.path, `${world.path}.1`);
      world.append(lines(5, 8));
      if (!world.source) await world.start();
      await world.until(8);
      await world.restart();
      Deno.renameSync(`${world.path}.1`, world.path);
      world.append(lines(8, 10));
    },
    seen: numbers(0, 10),
  },
  {
    name: "an old rotated file that is none of our business",
    before(world) {
      Deno.mkdirSync(world.folder);
      world.append(lines(900, 950), `${world.path}.1`);
      Deno.utimeSync(`${world.path}.1`, 1_600_000_000, 1_600_000_000);
    },
    first: lines(0, 5),
    happens(world) {
      Deno.renameSync(`${world.path}.1`, `${world.path}.2`);
      Deno.renameSync(world.path, `${world.path}.1`);
      world.append(lines(5, 8));
    },
    seen: numbers(0, 8),
  },
  {
    name: "a copy and truncation with unread lines in the copy",
    first: lines(0, 5),
    happens(world) {
      world.append(lines(5, 8));
      Deno.copyFileSync(world.path, `${world.path}.1`);
      Deno.truncateSync(world.path, 0);
      world.append(lines(8, 10));
    },
    seen: numbers(0, 10),
  },
  {
    name: "a copy and truncation with nothing unread",
    first: lines(0, 5),
    happens(world) {
      Deno.copyFileSync(world.path, `${world.path}.1`);
      Deno.truncateSync(world.path, 0);
      world.append(lines(5, 10));
    },
    seen: numbers(0, 10),
  },
  {
    name: "a copy and truncation, grown past the old end",
    first: lines(0, 5),
    happens(world) {
      world.append(lines(5, 8));
      Deno.copyFileSync(world.path, `${world.path}-20260131`);
      Deno.truncateSync(world.path, 0);
      world.append(lines(8, 90));
    },
    seen: numbers(0, 90),
  },
  {
    name: "two copies and truncations",
    first: lines(0, 5),
    happens(world) {
      world.append(lines(5, 8));
      Deno.copyFileSync(world.path, `${world.path}.1`);
      Deno.truncateSync(world.path, 0);
      world.append(lines(8, 10));
      Deno.renameSync(`${world.path}.1`, `${world.path}.2`);
      Deno.copyFileSync(world.path, `${world.path}.1`);
      Deno.truncateSync(world.path, 0);
      world.append(lines(10, 12));
    },
    seen: numbers(0, 12),
  },
  {
    name: "a deletion and another file",
    first: lines(0, 5),
    happens(world) {
      Deno.removeSync(world.path);
      world.append(lines(5, 40));
    },
    seen: numbers(0, 40),
  },
  {
    name: "a deletion, seen, and another file later",
    first: lines(0, 5),
    async happens(world) {
      Deno.removeSync(world.path);
      if (world.source) await world.untilState("waiting");
      world.append(lines(5, 40));
    },
    seen: numbers(0, 40),
  },
  {
    name: "an editor that replaces the file and changes nothing",
    first: lines(0, 50),
    happens(world) {
      world.append(lines(50, 52));
      replace(world, Deno.readTextFileSync(world.path));
      world.append(lines(52, 55));
    },
    seen: numbers(0, 55),
  },
  {
    name: "an editor that replaces the file and keeps a backup",
    first: lines(0, 50),
    happens(world) {
      world.append(lines(50, 52));
      const text = Deno.readTextFileSync(world.path);
      Deno.renameSync(world.path, `${world.path}~`);
      Deno.writeTextFileSync(world.path, text);
      world.append(lines(52, 55));
    },
    seen: numbers(0, 55),
  },
  {
    name: "an editor that takes lines out and adds one",
    first: lines(0, 50),
    happens: (world) => replace(world, lines(0, 10) + lines(20, 50) + line(50)),
    seen: numbers(0, 51),
  },
  {
    name: "a script that keeps only the last lines, in place",
    first: lines(0, 50),
    happens(world) {
      Deno.writeTextFileSync(world.path, lines(30, 50));
      world.append(lines(50, 52));
    },
    seen: numbers(0, 52),
  },
  {
    name: "a symbolic link to a file in another folder",
    before: linkElsewhere,
    first: lines(0, 5),
    happens: (world) => world.append(lines(5, 8)),
    seen: numbers(0, 8),
  },
  {
    name: "a symbolic link whose file is rotated in its own folder",
    before: linkElsewhere,
    first: lines(0, 5),
    happens(world) {
      world.append(lines(5, 8));
      const target = Deno.realPathSync(world.path);
      Deno.renameSync(target, `${target}.1`);
      Deno.writeTextFileSync(target, lines(8, 12));
    },
    seen: numbers(0, 12),
  },
  {
    name: "a symbolic link that is set to another file",
    before: linkElsewhere,
    first: lines(0, 5),
    happens(world) {
      world.append(lines(5, 8));
      const other = join(world.dir, "other.ndjson");
      Deno.writeTextFileSync(other, lines(8, 12));
      const link = join(world.folder, "link");
      Deno.symlinkSync(other, link);
      Deno.renameSync(link, world.path);
    },
    seen: numbers(0, 12),
  },
  {
    name: "a file that turns into a symbolic link to its moved self",
    first: lines(0, 5),
    happens(world) {
      const target = join(world.dir, "moved.ndjson");
      Deno.renameSync(world.path, target);
      Deno.symlinkSync(target, world.path);
      world.append(lines(5, 8));
    },
    seen: numbers(0, 8),
  },
  {
    name: "a folder that is deleted and made again",
    first: lines(0, 5),
    happens(world) {
      Deno.removeSync(world.folder, { recursive: true });
      Deno.mkdirSync(world.folder);
      world.append(lines(5, 8));
    },
    seen: numbers(0, 8),
  },
  {
    name: "a folder that is gone for a while",
    first: lines(0, 5),
    async happens(world) {
      Deno.removeSync(world.folder, { recursive: true });
      if (world.source) await world.untilState("waiting");
      Deno.mkdirSync(world.folder);
      world.append(lines(5, 8));
    },
    seen: numbers(0, 8),
  },
  {
    name: "a folder that is moved away and made again",
    first: lines(0, 5),
    happens(world) {
      Deno.renameSync(world.folder, join(world.dir, "moved"));
      Deno.mkdirSync(world.folder);
      world.append(lines(5, 8));
    },
    seen: numbers(0, 8),
  },
];

for (const { name, before, first, happens, seen } of CASES) {
  for (const mode of ["live", "down"]) {
    Deno.test(`${name} (${mode}) loses and doubles no line`, async () => {
      await using world = new EventFileWorld();
      before?.(world);
      await world.start();
      world.append(first);
      const read = first.split("\n").length - 1;
      await world.until(read);
      if (mode === "down") await world.stop();
      await happens(world);
      if (!world.source) await world.start();
      await world.until(seen.length);
      assert.deepEqual(world.seen, seen);

      world.append(line(1_000));
      await world.until(seen.length + 1);
      await world.restart();
      world.append(line(1_001));
      await world.until(seen.length + 2);
      assert.deepEqual(world.seen, [...seen, 1_000, 1_001]);
      assert.equal(world.source?.health().state, "live");
      assert.equal(world.source?.health().lag_bytes, 0);
    });
  }
}

function replace(world: EventFileWorld, text: string): void {
  Deno.writeTextFileSync(join(world.folder, "editor"), text);
  Deno.renameSync(join(world.folder, "editor"), world.path);
}

function linkElsewhere(world: EventFileWorld): void {
  const target = join(world.dir, "elsewhere", "target.ndjson");
  Deno.mkdirSync(join(world.dir, "elsewhere"));
  Deno.mkdirSync(world.folder);
  Deno.writeTextFileSync(target, "");
  Deno.symlinkSync(target, world.path);
}
