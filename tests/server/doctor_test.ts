import assert from "node:assert/strict";
import { join } from "node:path";
import { type Config, loadConfig } from "../../server/config.ts";
import { createDoctor, examine } from "../../server/doctor.ts";
import { Hub } from "../../server/hub.ts";
import { openStore } from "../../server/store/db.ts";
import type { DoctorReport, Finding, SourceHealth } from "../../server/wire.ts";
import { runCommand } from "../support/command.ts";
import { retryUntil } from "../support/retry.ts";
import { TestStore } from "../support/store.ts";
import { TestWorld } from "../support/temp.ts";

const RECORDINGS = join(import.meta.dirname ?? ".", "..", "testdata", "codex");

function look(world: TestWorld, more: Record<string, string> = {}, visit = {}) {
  const config: Config = loadConfig({}, world.env(more));
  return examine({
    config,
    store: undefined,
    sources: undefined,
    server_url: undefined,
    now: Date.now(),
    ...visit,
  });
}

function find(report: DoctorReport, id: string): Finding {
  const finding = report.findings.find((finding) => finding.id === id);
  assert.ok(finding, `no ${id} in ${JSON.stringify(report.findings, null, 1)}`);
  return finding;
}

function writeProgram(path: string, script: string): void {
  Deno.mkdirSync(join(path, ".."), { recursive: true });
  Deno.writeTextFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** A window of its own whose pane shows a recording of Codex. */
async function showRecording(world: TestWorld, agent: string, recording: string): Promise<void> {
  const show = `cat '${join(RECORDINGS, recording)}'; exec sleep 600`;
  await world.tmux("new-window", "-d", "-t", "=codexctl:", "-n", agent, show);
  await retryUntil(`${agent} shows ${recording}`, async () => {
    const screen = await world.tmux("capture-pane", "-p", "-t", `=codexctl:=${agent}`);
    return screen.trim() !== "";
  }, 60_000);
}

Deno.test("every agent's pane is looked at as it is now", async () => {
  await using world = new TestWorld();
  await world.tmux("new-session", "-d", "-s", "codexctl", "-x", "100", "-y", "40", "sleep 600");
  await world.tmux("set-option", "-g", "@codexctl_agents", "fast,deep,test,sec,gone");
  await showRecording(world, "fast", "pane-idle.txt");
  await showRecording(world, "deep", "pane-login.txt");
  await world.tmux("new-window", "-d", "-t", "=codexctl:", "-n", "test", "sleep 600");
  await world.tmux("split-window", "-d", "-t", "=codexctl:=test", "sleep 600");
  await world.tmux("set-option", "-g", "remain-on-exit", "on");
  await world.tmux("new-window", "-d", "-t", "=codexctl:", "-n", "sec", "exit 3");
  await retryUntil("sec has ended", async () => {
    const dead = await world.tmux("list-panes", "-t", "=codexctl:=sec", "-F", "#{pane_dead}");
    return dead.trim() === "1";
  }, 60_000);

  const report = await look(world);
  const panes = await world.tmux(
    "list-panes",
    "-s",
    "-t",
    "=codexctl:",
    "-F",
    "#{window_name} #{pane_id}",
  );
  const pane_ids = new Map(
    panes.trim().split("\n").reverse().map((row) => row.split(" ") as [string, string]),
  );
  const row = (agent: string, more: object) => ({
    pane_id: pane_ids.get(agent),
    window_name: agent,
    responsive: true,
    auth_needed: false,
    mode: "windows",
    ...more,
  });
  assert.deepEqual(report.agents, {
    fast: row("fast", {}),
    deep: row("deep", { auth_needed: true }),
    test: row("test", { mode: "panes" }),
    sec: row("sec", { responsive: false }),
  });
  assert.match(find(report, "tmux").detail ?? "", /^tmux \d/);
  assert.equal(find(report, "session").severity, "ok");
  assert.equal(find(report, "agent").title, "fast: Codex is there");
  assert.match(find(report, "agent_auth").title, /^deep: /);
  assert.match(find(report, "agent_unknown").detail ?? "", /runs sleep$/);
  assert.equal(
    find(report, "agent_dead").remedy,
    `tmux -S ${world.tmux_socket} respawn-pane -t ${pane_ids.get("sec")}`,
  );
  assert.match(find(report, "agent_unmapped").title, /^gone: /);
  assert.deepEqual(report.findings.filter(({ id }) => id === "agent_unmapped").length, 1);
});

Deno.test("codexctl's own four names are not missed where nobody asked for them", async () => {
  await using world = new TestWorld();
  await world.tmux("new-session", "-d", "-s", "codexctl", "-n", "fast", "sleep 600");
  const report = await look(world);
  assert.deepEqual(Object.keys(report.agents), ["fast"]);
  assert.deepEqual(report.findings.filter(({ id }) => id === "agent_unmapped"), []);
});

Deno.test("Codex and codexctl are found with version and path", async () => {
  await using world = new TestWorld();
  const bin = join(world.dir, "bin");
  writeProgram(join(bin, "codex"), 'echo "codex-cli 9.8.7"');
  writeProgram(join(world.home, "bin", "codexctl"), "exit 1");
  const report = await look(world, { PATH: bin, CODEXDASH_DRIVER: "codexctl" });
  assert.equal(find(report, "codex").detail, `codex-cli 9.8.7 at ${join(bin, "codex")}`);
  assert.equal(find(report, "codexctl").title, "codexctl types into panes");
  assert.equal(find(report, "codexctl").detail, join(world.home, "bin", "codexctl"));
  assert.equal(find(report, "codex_home").detail, world.codex_home);
});

Deno.test("a world without tmux, Codex and a server is told how to get each", async () => {
  await using world = new TestWorld();
  Deno.removeSync(world.codex_home);
  const env = { PATH: join(world.dir, "nothing") };
  const { code, stdout, stderr } = await runCommand(world, ["doctor", "--json"], env);
  assert.equal(code, 1, stderr);
  const report: DoctorReport = JSON.parse(stdout);
  assert.deepEqual(report.agents, {});
  const missing = find(report, "tmux_missing");
  assert.equal(missing.severity, "error");
  assert.match(missing.remedy ?? "", /install tmux$/);
  assert.equal(find(report, "codex_missing").remedy, "npm install -g @openai/codex");
  assert.equal(find(report, "codex_home_missing").severity, "warning");
  assert.equal(find(report, "server_down").remedy, "codexdash serve");
  for (const id of ["codexctl", "event_file", "database", "disk", "clock"]) {
    assert.equal(find(report, id).severity, "ok", id);
  }

  const text = await runCommand(world, ["doctor"], env);
  assert.equal(text.code, 1);
  assert.match(text.stdout, /^error {4}tmux is not installed$/m);
  assert.match(text.stdout, /^ {9}mend it: .*install tmux$/m);
  // deno-lint-ignore no-control-regex
  assert.ok(!/\x1b/.test(text.stdout), "colours in a file");
});

Deno.test("a world with tmux and no session is a warning, not an error", async () => {
  await using world = new TestWorld();
  const { code, stdout } = await runCommand(world, ["doctor", "--json"]);
  const report: DoctorReport = JSON.parse(stdout);
  assert.deepEqual(report.findings.filter(({ severity }) => severity === "error"), []);
  assert.equal(code, 0);
  assert.equal(find(report, "session_missing").remedy, "codexdash up");
});

Deno.test("a tmux that hangs does not hang the doctor", async () => {
  await using world = new TestWorld();
  const bin = join(world.dir, "bin");
  const pid = join(world.dir, "pid");
  writeProgram(join(bin, "tmux"), `echo $$ > '${pid}'; exec sleep 600`);
  try {
    const env = { PATH: `${bin}:/usr/bin:/bin` };
    const { stdout } = await runCommand(world, ["doctor", "--json"], env);
    const report: DoctorReport = JSON.parse(stdout);
    assert.match(find(report, "tmux_unchecked").detail ?? "", /no answer within 5 seconds/);
    assert.equal(find(report, "disk").severity, "ok");
  } finally {
    Deno.kill(Number(await Deno.readTextFile(pid)), "SIGKILL");
  }
});

Deno.test("files that cannot be used are errors with the way out", async () => {
  await using world = new TestWorld();
  Deno.mkdirSync(world.events);
  Deno.writeTextFileSync(world.db, "this is no database".repeat(100));
  const report = await look(world);
  const unwritable = find(report, "event_file_unwritable");
  assert.equal(unwritable.severity, "error");
  assert.equal(unwritable.remedy, `chmod u+rw ${world.events}`);
  assert.equal(find(report, "database_unreadable").remedy, `mv ${world.db} ${world.db}.broken`);

  const below_file = join(world.db, "folder", "events.ndjson");
  const other = await look(world, { CODEXDASH_EVENTS: below_file });
  assert.match(find(other, "event_file_unwritable").detail ?? "", /cannot be written/);
});

Deno.test("sizes and counts of what is there are told", async () => {
  await using world = new TestWorld();
  Deno.writeTextFileSync(world.events, "x".repeat(2_048));
  using base = new TestStore();
  base.commit({ type: "pane_output", ts: 1, text: "hello" });
  const report = await look(world, { CODEXDASH_DB: base.store.path }, { store: base.store });
  assert.equal(find(report, "event_file").detail, `${world.events}, 2.0 KiB`);
  assert.match(find(report, "database").detail ?? "", /, 1 events, \d+ KiB$/);
});

Deno.test("a clock that is behind what was written is told", async () => {
  await using world = new TestWorld();
  const now = Date.now();
  assert.equal(find(await look(world, {}, { now }), "clock").severity, "ok");
  assert.equal(find(await look(world, {}, { now: 0 }), "clock_behind").severity, "warning");

  Deno.writeTextFileSync(world.events, "");
  const before = await look(world, {}, { now: now - 3_600_000 });
  assert.equal(find(before, "clock_behind").severity, "warning");

  using base = new TestStore();
  base.commit({ type: "pane_output", ts: now + 3_600_000, text: "from the future" });
  const future = await look(world, {}, { store: base.store });
  assert.equal(find(future, "clock_behind").severity, "warning");
});

Deno.test("a taken port, an exposed address and sources in trouble are told", async () => {
  await using world = new TestWorld();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String(listener.addr.port);
  const taken = find(await look(world, { CODEXDASH_PORT: port }), "port_taken");
  assert.equal(taken.severity, "error");
  assert.match(taken.title, new RegExp(port));

  const source: SourceHealth = {
    source: "event_file",
    state: "failed",
    detail: "Cannot watch it",
    lag_bytes: null,
    bad_lines: 3,
    last_ts: null,
  };
  const server_url = "http://127.0.0.1:8090";
  const visit = { server_url, sources: [source] };
  const report = await look(world, { CODEXDASH_HOST: "0.0.0.0", CODEXDASH_PORT: port }, visit);
  assert.equal(find(report, "server").detail, server_url);
  assert.equal(find(report, "host_exposed").severity, "warning");
  assert.equal(find(report, "source_failed").detail, "Cannot watch it");
  assert.match(find(report, "bad_lines").title, /3 lines/);
  assert.deepEqual(report.findings.filter(({ id }) => id === "port_taken"), []);
});

Deno.test("requests at the same time share one examination", async () => {
  await using world = new TestWorld();
  const config = loadConfig({}, world.env());
  using store = openStore(config.db);
  const doctor = createDoctor({ config, store, hub: new Hub() });
  const [first, second] = await Promise.all([doctor(), doctor()]);
  assert.equal(first, second);
  assert.equal(await doctor(), first);
  assert.equal(find(first, "database").title, "The database is in use by the server");
});
