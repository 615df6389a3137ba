import assert from "node:assert/strict";
import { selfCommand } from "../../server/self.ts";
import { VERSION } from "../../server/version.ts";

async function output(args: string[]): Promise<string> {
  const [program = "", ...rest] = args;
  const { stdout } = await new Deno.Command(program, { args: rest, cwd: "/" })
    .output();
  return new TextDecoder().decode(stdout);
}

Deno.test("the program runs itself again from any folder, arguments untouched", async () => {
  assert.match(await output(selfCommand(["version"])), new RegExp(RegExp.escape(VERSION)));
  assert.deepEqual(selfCommand(["send", "--", "-a b"]).slice(-3), ["send", "--", "-a b"]);
});

Deno.test("a child gets the permissions of its parent and no more", async () => {
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  const self = new URL("../../server/self.ts", import.meta.url).href;
  await Deno.writeTextFile(
    script,
    `import { selfCommand } from "${self}"; console.log(selfCommand([]).join(" "));`,
  );
  try {
    const run = (...flags: string[]) => output([Deno.execPath(), "run", ...flags, script]);
    assert.match(await run("-A"), / --allow-all /);
    const some = await run("--allow-read", "--allow-run", "--allow-net=127.0.0.1");
    assert.match(some, / --allow-read --allow-run .*main\.ts/);
    assert.doesNotMatch(some, /--allow-all|--allow-net|--allow-write/);
  } finally {
    await Deno.remove(script);
  }
});
