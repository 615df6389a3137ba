import assert from "node:assert/strict";
import { findObstacle, type Look, lookWhenDrawn } from "../../../server/dispatch/look.ts";
import { readScreen } from "../../../server/codex/screen.ts";
import { recordingPath } from "../../support/recordings.ts";
import { TestWorld } from "../../support/temp.ts";

/** A recorded screen, looked at in a pane with this title. */
function look(name: string, { title = "demo-repo", dead = false, command = "node" } = {}): Look {
  const path = new URL(`../../testdata/codex/${name}.txt`, import.meta.url);
  const rows = Deno.readTextFileSync(path).split("\n");
  return {
    ...{ dead, in_mode: false, command, title, rows },
    screen: readScreen(rows, { width: 100, dead }),
  };
}

Deno.test("an idle and a working agent take a prompt", () => {
  for (const name of ["pane-idle", "pane-finished", "pane-error-500", "pane-interrupted"]) {
    assert.equal(findObstacle(look(name)), undefined, name);
  }
  for (const name of ["pane-working", "pane-streaming"]) {
    assert.equal(findObstacle(look(name, { title: "⠹ demo-repo" })), undefined, name);
  }
});

Deno.test("a dialog is named, with what to do about it", () => {
  for (
    const [name, text] of [
      ["pane-approval", /an approval, "Would you like .*touch .*"; answer that first/],
      ["pane-login", /log in there first/],
      ["pane-trust", /folder is trusted/],
      ["pane-hooks-review", /hooks reviewed/],
      ["pane-agents-center", /command center; leave that with Escape/],
      ["old-0.101.0-pane-idle", /a menu, /],
    ] as const
  ) {
    const obstacle = findObstacle(look(name));
    assert.match(obstacle?.text ?? "", text, name);
    assert.equal(obstacle?.forcible, true, name);
  }
});

Deno.test("a title that says somebody must answer counts before the screen shows it", () => {
  const obstacle = findObstacle(look("pane-idle", { title: "[ ! ] Action Required | demo-repo" }));
  assert.match(obstacle?.text ?? "", /waits for an answer/);
});

Deno.test("a dead pane and an unsent text are refused even by force", () => {
  const dead = findObstacle(look("pane-crashed", { dead: true }));
  assert.deepEqual([dead?.forcible, /has ended/.test(dead?.text ?? "")], [false, true]);
  const draft = findObstacle(look("pane-pasted"));
  assert.deepEqual([draft?.forcible, /unsent text/.test(draft?.text ?? "")], [false, true]);
});

Deno.test("another program is named", () => {
  const bash = { ...look("pane-idle"), rows: ["$ "], screen: readScreen(["$ "]), command: "bash" };
  assert.match(findObstacle(bash)?.text ?? "", /shows bash instead of Codex's composer/);
});

Deno.test("what looks unsent in the middle of a redraw is none, what stays is", async () => {
  await using world = new TestWorld();
  const drawn = async (name: string, ...recordings: string[]) => {
    const draw =
      `for it; do printf '\\033[2J\\033[H'; cat "$it"; sleep 0.2; done; exec sleep infinity`;
    const pane_id = await world.tmux(
      ...["new-session", "-d", "-P", "-F", "#{pane_id}", "-s", name, "-x", "100", "-y", "29"],
      ...["sh", "-c", draw, "sh", ...recordings.map((it) => recordingPath(`${it}.ansi`))],
    );
    return await lookWhenDrawn(world.tmux_socket, pane_id.trim());
  };
  assert.notEqual((await drawn("stays", "pane-pasted")).screen.draft, null);
  const { screen } = await drawn("goes", "pane-pasted", "pane-idle");
  assert.deepEqual([screen.draft, screen.composer], [null, true]);
});
