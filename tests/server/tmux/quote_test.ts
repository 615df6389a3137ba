import assert from "node:assert/strict";
import { join } from "node:path";
import { quoteWord, unquoteValue } from "../../../server/tmux/quote.ts";
import { TestWorld } from "../../support/temp.ts";

const NASTY = [
  "plain",
  "",
  "two words",
  `it's "both" quotes`,
  "semi; colon ; kill-server",
  "ends with ;",
  "back\\slash\\",
  "$HOME ${HOME} ~ ~root",
  "~root at the start",
  "#{pane_id} #(touch x) #[fg=red]",
  "{ braces } %1 %if = -t",
  "# no comment",
  "tab\there",
  "line\nbreak\nkill-server",
  "carriage\rreturn \x01 \x7f \x1b[31m",
  "ünïcödé 日本 ␞ ⠹",
  "a.b x:y n,m",
];

Deno.test("tmux reads every quoted word back as it was", async () => {
  await using world = new TestWorld();
  await world.tmux("new-session", "-d", "-s", "s", "--", "sleep", "infinity");
  const file = join(world.dir, "commands");
  const lines = NASTY.map((word, index) => `set-option -g @word${index} ${quoteWord(word)}\n`);
  await Deno.writeTextFile(file, lines.join(""));
  await world.tmux("source-file", file);
  for (const [index, word] of NASTY.entries()) {
    const value = await world.tmux("show-options", "-gv", `@word${index}`);
    assert.equal(value, word + "\n", JSON.stringify(word));
  }
});

Deno.test("a value is read as show-options prints it", async () => {
  await using world = new TestWorld();
  await world.tmux("new-session", "-d", "-s", "s", "--", "sleep", "infinity");
  // tmux itself drops a trailing semicolon, and never prints other control characters alone.
  const words = NASTY.filter((word) => !word.endsWith(";") && !word.includes("\r"));
  for (const word of words) {
    await world.tmux("set-option", "-g", "@word", word);
    const printed = (await world.tmux("show-options", "-g"))
      .split("\n").find((row) => row.startsWith("@word "))?.slice("@word ".length) ?? "";
    assert.equal(unquoteValue(printed), word);
  }
});
