/**
 * SQLite holds its files by locks that the kernel takes from the whole process as soon as it closes
 * any descriptor of them, whoever opened it. `Deno.watchFs` opens and closes what changes in a folder.
 */
import assert from "node:assert/strict";
import { TestTower } from "../support/tower.ts";

/** Opens the database for writing as any SQLite program does, and closes it again. */
const VISITOR = `
  import { DatabaseSync } from "node:sqlite";
  const db = new DatabaseSync(Deno.args[0]);
  db.exec("CREATE TABLE visited (x); DROP TABLE visited");
  console.log(db.prepare("SELECT COUNT(*) AS count FROM jobs").get().count);
  db.close();
`;

async function visit(path: string): Promise<number> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", VISITOR, path],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return Number(new TextDecoder().decode(stdout));
}

Deno.test("another program that opens the database takes nothing of the server's away", async () => {
  await using tower = await TestTower.start();
  const { db } = tower.world;
  for (let n = 1; n <= 5; n++) {
    tower.send("fast", `j${n}`, "a prompt");
    await tower.untilJob(`j${n}`);
    assert.equal(await visit(db), n);
  }
});
