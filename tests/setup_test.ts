import assert from "node:assert/strict";
import { install } from "./setup.ts";

Deno.test("setup says nothing when every program is there", async () => {
  await install([{ programs: ["/no/such/path", "sh"], packages: ["no-such-package"] }]);
});

Deno.test("setup names the program and the command when it may not install", async () => {
  const need = { programs: ["no-such-program"], packages: ["no-such-package"] };
  await assert.rejects(install([need], { may_install: false }), (error: Error) => {
    assert.match(error.message, /^Cannot find no-such-program: run "/);
    assert.match(error.message, /apt-get install -y --no-install-recommends no-such-package/);
    return true;
  });
});
