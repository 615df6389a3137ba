import assert from "node:assert/strict";
import { join } from "node:path";
import { TestWorld } from "../support/temp.ts";

const UNIT = join(import.meta.dirname ?? ".", "../../systemd/codexdash.service");

/** What systemd says of the unit; undefined where there is no systemd. */
async function verify(env: Record<string, string>): Promise<Deno.CommandOutput | undefined> {
  const args = ["verify", "--user", UNIT];
  try {
    return await new Deno.Command("systemd-analyze", { args, env, clearEnv: true }).output();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

Deno.test("the systemd unit is one that systemd understands to the last line", async () => {
  await using world = new TestWorld();
  // verify wants the program of ExecStart to be there.
  const bin = join(world.home, ".local", "bin");
  await Deno.mkdir(bin, { recursive: true });
  await Deno.symlink(Deno.execPath(), join(bin, "codexdash"));
  const output = await verify(world.env({ XDG_RUNTIME_DIR: world.dir }));
  if (!output) return console.log("not verified: there is no systemd-analyze here");
  const said = new TextDecoder().decode(output.stderr).split("\n");
  assert.deepEqual(said.filter((line) => line.includes("codexdash.service")), []);
  assert.equal(output.code, 0, said.join("\n"));
});

Deno.test("the systemd unit leaves tmux's socket and the user's files in reach", async () => {
  const settings = (await Deno.readTextFile(UNIT)).split("\n").filter((line) =>
    !line.startsWith("#")
  );
  const unfit = /^(PrivateTmp|ProtectHome|PrivateUsers|MemoryDenyWriteExecute|User)=/;
  assert.deepEqual(settings.filter((line) => unfit.test(line)), []);
  assert.deepEqual(settings.filter((line) => /\/(home|root)\b/.test(line)), []);
  assert.ok(settings.includes("KillMode=process"));
});
