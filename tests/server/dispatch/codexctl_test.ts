import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../../server/config.ts";
import { chooseDriver, findCodexctl } from "../../../server/dispatch/codexctl.ts";
import { TestWorld } from "../../support/temp.ts";

function place(dir: string, mode = 0o755): string {
  Deno.mkdirSync(dir, { recursive: true });
  const path = join(dir, "codexctl");
  Deno.writeTextFileSync(path, "#!/bin/sh\n", { mode });
  return path;
}

Deno.test("codexctl is the configured one, else the first on PATH, else in ~/bin", async () => {
  await using world = new TestWorld();
  const env = (more: Record<string, string> = {}) => ({
    ...world.env({ CODEXDASH_TMUX_SOCKET: "", PATH: `/no/such:${join(world.dir, "p")}` }),
    ...more,
  });
  const find = (more = {}) => findCodexctl(loadConfig({}, env(more)));
  assert.equal(find(), undefined);
  assert.deepEqual(chooseDriver(loadConfig({}, env())), { driver: "builtin" });

  const home = place(join(world.home, "bin"));
  assert.equal(find(), home);
  place(join(world.dir, "p"), 0o644);
  assert.equal(find(), home, "a file that is no program is passed over");
  Deno.chmodSync(join(world.dir, "p", "codexctl"), 0o755);
  const path = join(world.dir, "p", "codexctl");
  assert.equal(find(), path);
  assert.deepEqual(chooseDriver(loadConfig({}, env())), { driver: "codexctl", path });

  const other = place(join(world.dir, "other"));
  assert.equal(find({ CODEXDASH_CODEXCTL: other }), other);
  assert.throws(() => find({ CODEXDASH_CODEXCTL: "/no/codexctl" }), /correct --codexctl/);
});

Deno.test("the driver is what is configured; with a tmux server of one's own the built-in one", async () => {
  await using world = new TestWorld();
  place(join(world.home, "bin"));
  const choose = (more: Record<string, string>) =>
    chooseDriver(loadConfig({}, world.env({ PATH: "", ...more }))).driver;
  assert.equal(choose({ CODEXDASH_DRIVER: "builtin", CODEXDASH_TMUX_SOCKET: "" }), "builtin");
  assert.equal(choose({ CODEXDASH_TMUX_SOCKET: "" }), "codexctl");
  assert.equal(choose({ CODEXDASH_TMUX_SOCKET: "demo" }), "builtin");
  assert.equal(choose({ CODEXDASH_DRIVER: "codexctl" }), "codexctl");
  Deno.removeSync(join(world.home, "bin"), { recursive: true });
  assert.throws(() => choose({ CODEXDASH_DRIVER: "codexctl" }), /Cannot find codexctl/);
});

Deno.test("a codexctl that is CodexDash itself is none", async () => {
  await using world = new TestWorld();
  Deno.mkdirSync(join(world.home, "bin"));
  Deno.symlinkSync(Deno.execPath(), join(world.home, "bin", "codexctl"));
  assert.equal(findCodexctl(loadConfig({}, world.env({ PATH: "" }))), undefined);
});
