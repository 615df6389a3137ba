import assert from "node:assert/strict";
import { join } from "node:path";
import { browserFiles, checkBrowser } from "./check_browser.ts";

Deno.test("islands use nothing but what a browser has", async () => {
  assert.equal(await checkBrowser(browserFiles()), "");
});

Deno.test("an island that uses Deno is refused", async () => {
  const dir = await Deno.makeTempDir({ prefix: "codexdash-check-" });
  try {
    const island = join(dir, "island.ts");
    await Deno.writeTextFile(island, "document.title = Deno.cwd();\n");
    assert.match(await checkBrowser([island]), /Cannot find name 'Deno'/);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
