import assert from "node:assert/strict";
import { join } from "node:path";
import { withPaneLock } from "../../../server/dispatch/pane_lock.ts";
import { retryUntil } from "../../support/retry.ts";
import { TestWorld } from "../../support/temp.ts";

Deno.test("work on one pane never overlaps, across processes; on two panes it does", async () => {
  await using world = new TestWorld();
  const script = join(world.dir, "work.ts");
  const source = import.meta.resolve("../../../server/dispatch/pane_lock.ts");
  Deno.writeTextFileSync(
    script,
    `import { withPaneLock } from "${source}";
     const [dir, pane_id, log] = Deno.args;
     const note = (text) => Deno.writeTextFileSync(log, text, { append: true });
     await withPaneLock({ dir, tmux_socket: "", pane_id }, async () => {
       note("(");
       await new Promise((done) => setTimeout(done, 100));
       note(")");
     });`,
  );
  const work = async (pane_id: string, log: string) => {
    const args = ["run", "-A", "--no-check", "--no-config", script, world.data_dir, pane_id, log];
    const { success } = await new Deno.Command(Deno.execPath(), { args }).output();
    assert.ok(success);
  };
  const log = join(world.dir, "log");
  await Promise.all([1, 2, 3, 4].map(() => work("%1", log)));
  assert.equal(Deno.readTextFileSync(log), "()()()()");

  let other = false;
  await withPaneLock({ dir: world.data_dir, tmux_socket: "", pane_id: "%1" }, async () => {
    const options = { dir: world.data_dir, tmux_socket: "", pane_id: "%2" };
    await withPaneLock(options, () => Promise.resolve(other = true));
    // The same pane id on another tmux server is another pane.
    const elsewhere = { ...options, pane_id: "%1", tmux_socket: "/tmp/x" };
    await withPaneLock(elsewhere, () => Promise.resolve(other = true));
  });
  assert.ok(other);
});

Deno.test("a lock ends with its holder, also when it is killed", async () => {
  await using world = new TestWorld();
  const script = join(world.dir, "hold.ts");
  const source = import.meta.resolve("../../../server/dispatch/pane_lock.ts");
  Deno.writeTextFileSync(
    script,
    `import { withPaneLock } from "${source}";
     await withPaneLock({ dir: Deno.args[0], tmux_socket: "", pane_id: "%1" }, async () => {
       Deno.writeTextFileSync(Deno.args[0] + "/held", "");
       await new Promise((done) => setTimeout(done, 300_000));
     });`,
  );
  const holder = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--no-config", script, world.data_dir],
  }).spawn();
  await retryUntil("the holder", () => Deno.statSync(join(world.data_dir, "held")), 60_000);
  holder.kill("SIGKILL");
  await holder.status;
  let done = false;
  await withPaneLock({ dir: world.data_dir, tmux_socket: "", pane_id: "%1" }, () => {
    done = true;
    return Promise.resolve();
  });
  assert.ok(done);
});

Deno.test("where there can be no lock file the work is done with a warning, and errors pass", async () => {
  await using world = new TestWorld();
  const file = join(world.dir, "file");
  Deno.writeTextFileSync(file, "");
  const warnings: string[] = [];
  const options = {
    ...{ dir: join(file, "data"), tmux_socket: "", pane_id: "%1" },
    onWarning: (message: string) => void warnings.push(message),
  };
  assert.equal(await withPaneLock(options, () => Promise.resolve(7)), 7);
  assert.match(warnings[0] ?? "", /are not kept apart/);
  const good = { ...options, dir: world.data_dir };
  await assert.rejects(withPaneLock(good, () => Promise.reject(new Error("mine"))), /mine/);
  assert.equal(await withPaneLock(good, () => Promise.resolve(8)), 8);
});
