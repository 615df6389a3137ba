import assert from "node:assert/strict";
import { setLogLevel } from "../../../server/log.ts";
import { PathFollower } from "../../../server/sources/path_follower.ts";
import { EventFileWorld, line } from "../../support/event_file.ts";

setLogLevel("silent");

Deno.test("an old file is known by its new name, however often it is renamed", async () => {
  await using world = new EventFileWorld();
  Deno.mkdirSync(world.folder);
  const { path } = world;
  const follower = new PathFollower({
    path,
    max_line_bytes: 1_000,
    known: [],
    store() {},
    signal: new AbortController().signal,
  });
  const passAfterAppend = (n: number) => {
    world.append(line(n));
    return follower.pass();
  };
  await passAfterAppend(0);
  assert.deepEqual(follower.paths, [path]);
  Deno.renameSync(path, `${path}.1`);
  await passAfterAppend(1);
  assert.deepEqual(follower.paths, [path, `${path}.1`]);
  Deno.renameSync(`${path}.1`, `${path}.2`);
  Deno.renameSync(path, `${path}.1`);
  await passAfterAppend(2);
  assert.deepEqual(follower.paths, [path, `${path}.2`, `${path}.1`]);
  Deno.removeSync(`${path}.2`);
  await follower.pass();
  assert.deepEqual(follower.paths, [path, `${path}.1`]);
  follower.close();
});
