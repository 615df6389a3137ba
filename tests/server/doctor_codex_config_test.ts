import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "smol-toml";
import { loadConfig } from "../../server/config.ts";
import { checkCodexConfig } from "../../server/doctor/codex_config_check.ts";
import type { Finding } from "../../server/wire.ts";
import { runCommand } from "../support/command.ts";
import { TestWorld } from "../support/temp.ts";

function look(world: TestWorld): Record<string, Finding> {
  const { findings } = checkCodexConfig({
    config: loadConfig({}, world.env()),
    store: undefined,
    sources: undefined,
    server_url: undefined,
    now: 0,
  });
  return Object.fromEntries(findings.map((finding) => [finding.id, finding]));
}

function write(world: TestWorld, text: string): string {
  const path = join(world.codex_home, "config.toml");
  Deno.writeTextFileSync(path, text);
  return path;
}

Deno.test("the lines that the doctor prints satisfy it once they are in config.toml", async () => {
  await using world = new TestWorld();
  const { codex_titles, codex_hooks } = look(world);
  assert.deepEqual([codex_titles?.severity, codex_hooks?.severity], ["info", "info"]);
  const lines = `${codex_titles?.remedy}\n${codex_hooks?.remedy}\n`;
  assert.match(lines, /^\[tui\]\nterminal_title = \["activity", "thread-id"\]\n\[\[hooks\./);
  const path = write(world, lines);
  const after = look(world);
  assert.deepEqual([after["codex_titles"]?.severity, after["codex_hooks"]?.severity], ["ok", "ok"]);
  assert.equal(Deno.readTextFileSync(path), lines);

  // The command is this installation's, and writes where this installation reads.
  const { hooks } = parse(lines) as { hooks: { Stop: [{ hooks: [{ command: string }] }] } };
  const { command } = hooks.Stop[0].hooks[0];
  const payload = JSON.stringify({ hook_event_name: "Stop", session_id: "t" });
  const ran = await new Deno.Command("sh", {
    args: ["-c", `echo '${payload}' | ${command}`],
    env: { ...world.env(), CODEXDASH_DIR: "" },
    clearEnv: true,
  }).output();
  assert.deepEqual([ran.code, new TextDecoder().decode(ran.stdout)], [0, ""]);
  assert.match(Deno.readTextFileSync(world.events), /"type":"hook".*"hook":"Stop"/);
});

Deno.test("what is set already is not asked for again", async () => {
  await using world = new TestWorld();
  write(world, "[tui]\nscreen_reader_detection_done = true\n[features]\nhooks = false\n");
  assert.equal(look(world)["codex_titles"]?.remedy, 'terminal_title = ["activity", "thread-id"]');
  assert.match(look(world)["codex_titles"]?.detail ?? "", /add this line below \[tui\]/);
  assert.equal(look(world)["codex_hooks"]?.title, "Codex's hooks are turned off");

  write(world, '[tui]\nterminal_title = ["project-name"]\n');
  assert.match(look(world)["codex_titles"]?.detail ?? "", /change terminal_title/);

  // Such a title says "Working" while Codex waits for an answer (REC titles).
  write(world, '[tui]\nterminal_title = ["run-state", "thread-id"]\n');
  assert.match(look(world)["codex_titles"]?.title ?? "", /do not say when it waits/);
  write(world, '[tui]\nterminal_title = ["activity", "project-name", "thread-id"]\n');
  assert.equal(look(world)["codex_titles"]?.severity, "ok");

  const hook = (name: string, command: string) =>
    `[[hooks.${name}]]\nhooks = [{ type = "command", command = ${JSON.stringify(command)} }]\n`;
  write(world, hook("Stop", "/usr/bin/codexdash hook") + hook("Interrupt", "notify-send hook"));
  assert.match(look(world)["codex_hooks"]?.title ?? "", /all but UserPromptSubmit, .*, Interrupt$/);
  assert.doesNotMatch(look(world)["codex_hooks"]?.remedy ?? "", /hooks\.Stop/);

  write(world, 'notify = ["codexdash", "hook"]\n');
  assert.equal(look(world)["codex_hooks"]?.title, "Codex's notify calls codexdash hook");

  write(world, "");
  const group = [{ hooks: [{ type: "command", command: "'/a b/codexdash' hook" }] }];
  const names = ["UserPromptSubmit", "PermissionRequest", "PostToolUse", "PostModelRequest"];
  const hooks = Object.fromEntries([...names, "Stop", "Interrupt"].map((name) => [name, group]));
  Deno.writeTextFileSync(join(world.codex_home, "hooks.json"), JSON.stringify({ hooks }));
  assert.equal(look(world)["codex_hooks"]?.severity, "ok");
});

Deno.test("a config.toml that is none is a finding, and lines are printed to be copied", async () => {
  await using world = new TestWorld();
  const { stdout } = await runCommand(world, ["doctor"]);
  assert.match(
    stdout,
    /\n {9}mend it:\n {9}\[tui\]\n {9}terminal_title = \["activity", "thread-id"\]\n/,
  );
  write(world, "[tui\n");
  const { codex_config_unreadable } = look(world);
  assert.equal(codex_config_unreadable?.severity, "warning");
  assert.match(codex_config_unreadable.detail ?? "", /config\.toml .*Invalid TOML/);
});
