import assert from "node:assert/strict";
import { join } from "node:path";
import {
  dashCommand,
  endOf,
  eventsOf,
  readEvents,
  runDash,
  STAND_IN,
  startDash,
} from "../support/dash.ts";
import { retryUntil } from "../support/retry.ts";
import { TestWorld } from "../support/temp.ts";

/** A busy machine: nothing here is about speed. */
const SLOW_MS = 60_000;

function mirror(world: TestWorld, play?: string): Record<string, string> {
  return {
    CODEXDASH_CODEXCTL: STAND_IN,
    CODEXDASH_DRIVER: "codexctl",
    STANDIN_DIR: world.dir,
    ...(play === undefined ? {} : { STANDIN_PLAY: play }),
  };
}

function recorded(world: TestWorld, name: string): string {
  return Deno.readTextFileSync(join(world.dir, name));
}

function argv(world: TestWorld): string[] {
  return recorded(world, "argv").split("\0").slice(0, -1);
}

Deno.test("codexctl gets the very words, and the record has the same", async () => {
  await using world = new TestWorld();
  const words = ["send", "@fast", "--wait", "0", "--nojob", "--", "-x 'a'\n\t\"$HOME\" `b` 😀", ""];
  const { code, stderr } = await runDash(world, words, { env: mirror(world) });
  assert.equal(code, 0);
  assert.equal(stderr, "");
  assert.deepEqual(argv(world), words);
  assert.equal(recorded(world, "session"), "codexctl\n");
  const [dispatch] = eventsOf(world, "dispatch");
  assert.deepEqual(dispatch?.args, words);
  assert.equal(dispatch?.prompt_text, "-x 'a'\n\t\"$HOME\" `b` 😀 ");
  assert.deepEqual(dispatch?.targets, ["@fast"]);
  assert.equal(dispatch?.driver, "codexctl");
});

Deno.test("our options are not codexctl's, and --session is", async () => {
  await using world = new TestWorld();
  const { code, stdout, stderr } = await runDash(
    world,
    ["send", "fast", "--json", "--session", "other", "--job-id", "mine", "--", "x"],
    { env: mirror(world) },
  );
  assert.equal(code, 0);
  assert.deepEqual(argv(world), ["send", "fast", "--", "x"]);
  assert.equal(recorded(world, "session"), "other\n");
  assert.match(stdout, /^=== %2 JOB:0{7}2/);
  const end = JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "");
  assert.deepEqual([end.dispatch_id, end.exit_code], ["mine", 0]);
  assert.equal(readEvents(world)[0]?.session, "other");
});

Deno.test("the exit code is codexctl's, 128 and the signal's number for a killed one", async () => {
  await using world = new TestWorld();
  for (const [play, code] of [["exit 1", 1], ["exit 127", 127], ["kill -TERM $$", 143]] as const) {
    const result = await runDash(world, ["send", "fast", "x"], { env: mirror(world, play) });
    assert.equal(result.code, code, play);
  }
  assert.deepEqual(eventsOf(world, "dispatch_done").map(({ exit_code }) => exit_code), [
    1,
    127,
    143,
  ]);
});

Deno.test("a codexctl that cannot be started is said so, with the remedy, and recorded", async () => {
  await using world = new TestWorld();
  const broken = join(world.dir, "codexctl");
  Deno.writeTextFileSync(broken, "#!/no/such/interpreter\n", { mode: 0o755 });
  const env = { ...mirror(world), CODEXDASH_CODEXCTL: broken };
  const result = await runDash(world, ["send", "fast", "x"], { env });
  assert.equal(result.code, 127);
  assert.match(result.stderr, /Cannot run ".*codexctl"/);
  assert.equal(eventsOf(world, "dispatch_done")[0]?.exit_code, 127);

  const missing = { ...env, CODEXDASH_CODEXCTL: "/no/such/codexctl" };
  const refused = await runDash(world, ["send", "fast", "x"], { env: missing });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /correct --codexctl or CODEXDASH_CODEXCTL/);
});

Deno.test("output passes through byte for byte, and each complete line is an event", async () => {
  await using world = new TestWorld();
  const play = String.raw`printf 'a\377b\nold\r\n'; printf 'err\n' >&2; printf 'no end'`;
  const { code, bytes, stderr } = await runDash(world, ["send", "fast", "x"], {
    env: mirror(world, play),
  });
  assert.equal(code, 0);
  assert.deepEqual(
    bytes,
    Uint8Array.from([97, 255, 98, 10, ...new TextEncoder().encode("old\r\nno end")]),
  );
  assert.equal(stderr, "err\n");
  const lines = eventsOf(world, "controller_output");
  assert.deepEqual(
    lines.filter(({ stream }) => stream === "stdout").map(({ text }) => text),
    ["a\ufffdb", "old", "no end"],
  );
  assert.deepEqual(lines.filter(({ stream }) => stream === "stderr").map(({ text }) => text), [
    "err",
  ]);
  const job_id = eventsOf(world, "dispatch")[0]?.job_id;
  for (const event of readEvents(world)) assert.equal(event.job_id, job_id);
});

Deno.test("a line is passed on and recorded while codexctl is still at work", async () => {
  await using world = new TestWorld();
  const gate = join(world.dir, "gate");
  const play =
    `echo first; while [ -d '${world.dir}' ] && [ ! -e '${gate}' ]; do sleep 0.1; done; echo second`;
  const child = startDash(world, ["send", "fast", "x"], { env: mirror(world, play) });
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  assert.equal(new TextDecoder().decode(value), "first\n");
  await retryUntil(
    "the first line in the event file",
    () => eventsOf(world, "controller_output").some(({ text }) => text === "first"),
    SLOW_MS,
  );
  assert.equal(eventsOf(world, "dispatch").length, 1);
  assert.equal(eventsOf(world, "dispatch_done").length, 0);
  Deno.writeTextFileSync(gate, "");
  assert.equal(new TextDecoder().decode((await reader.read()).value), "second\n");
  assert.equal((await child.status).code, 0);
  await reader.cancel();
  await child.stderr.cancel();
  assert.equal(readEvents(world).at(-1)?.type, "dispatch_done");
});

Deno.test("ten megabytes pass through whole, and a huge line is recorded in pieces", async () => {
  await using world = new TestWorld();
  const play = "yes 0123456789abcdef | head -c 5000000; yes x | tr -d '\\n' | head -c 5000000";
  const { code, bytes } = await runDash(world, ["send", "fast", "x"], { env: mirror(world, play) });
  assert.equal(code, 0);
  assert.equal(bytes.length, 10_000_000);
  const lines = eventsOf(world, "controller_output");
  const length = lines.reduce((sum, { text }) => sum + text.length, 0);
  assert.equal(length, 10_000_000 - Math.floor(5_000_000 / 17));
  assert.ok(lines.every(({ text }) => text.length <= 20_000));
});

Deno.test("codexctl's ids are joined to our jobs by the pane", async () => {
  await using world = new TestWorld();
  await world.tmux("new-session", "-d", "-s", "codexctl", "-n", "agents", "cat");
  for (const agent of ["fast", "deep"]) {
    await world.tmux("new-window", "-d", "-n", agent, "cat");
    await world.tmux("send-keys", "-t", agent, "x");
  }
  await world.tmux("set-option", "-g", "@codexctl_agents", "fast,deep");
  const args = [
    "send",
    "all",
    "--force",
    "--outdir",
    join(world.dir, "out"),
    "--parallel",
    "--",
    "x",
  ];
  const { code, stdout, stderr } = await runDash(world, args, { env: mirror(world) });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^%1 0{7}1-\S+ \S+\/1\.txt\n%2 0{7}2-\S+ \S+\/2\.txt\n$/);
  const [dispatch] = eventsOf(world, "dispatch");
  assert.deepEqual(dispatch?.jobs?.map(({ agent, pane_id }) => [agent, pane_id]), [
    ["fast", "%1"],
    ["deep", "%2"],
  ]);
  assert.equal(dispatch?.job_id, null);
  assert.equal(dispatch?.output_path, join(world.dir, "out"));
  const lines = eventsOf(world, "controller_output");
  assert.deepEqual(
    lines.map(({ job_id, pane_id, dispatch_id }) => [job_id, pane_id, dispatch_id]),
    dispatch?.jobs?.map(({ job_id, pane_id }) => [job_id, pane_id, dispatch.dispatch_id]),
  );
});

Deno.test("route learns its pane from codexctl's own line", async () => {
  await using world = new TestWorld();
  const { code } = await runDash(world, ["route", "--", "write tests"], { env: mirror(world) });
  assert.equal(code, 0);
  assert.deepEqual(argv(world), ["route", "--", "write tests"]);
  const [dispatch] = eventsOf(world, "dispatch");
  const [receipt] = eventsOf(world, "receipt");
  assert.deepEqual([receipt?.job_id, receipt?.pane_id], [dispatch?.job_id, "%2"]);
});

Deno.test("ship is recorded with its feature and its folder", async () => {
  await using world = new TestWorld();
  const { code } = await runDash(world, ["ship", "a flag", "/out dir"], { env: mirror(world) });
  assert.equal(code, 0);
  assert.deepEqual(argv(world), ["ship", "a flag", "/out dir"]);
  const [dispatch] = eventsOf(world, "dispatch");
  assert.deepEqual([dispatch?.prompt_text, dispatch?.output_path], ["a flag", "/out dir"]);
});

Deno.test("stdin is read for - or for no prompt, given on and hashed", async () => {
  await using world = new TestWorld();
  for (const words of [["send", "fast", "--", "-"], ["send", "fast", "--wait", "0"]]) {
    const { code } = await runDash(world, words, { env: mirror(world), stdin: "from stdin\n" });
    assert.equal(code, 0);
    assert.equal(recorded(world, "stdin"), "from stdin\n");
  }
  const [first, second] = eventsOf(world, "dispatch");
  assert.deepEqual([first?.prompt_text, first?.prompt_bytes], ["from stdin", 10]);
  assert.equal(first?.prompt_hash, second?.prompt_hash);
  const invalid = Uint8Array.from([97, 255, 98, 10]);
  await runDash(world, ["send", "fast", "-"], { env: mirror(world), stdin: invalid });
  assert.deepEqual(Deno.readFileSync(join(world.dir, "stdin")), invalid);
  assert.equal(eventsOf(world, "dispatch")[2]?.prompt_text, "a\ufffdb");
});

Deno.test("an open pipe that nobody writes to does not hold up a prompt from the words", async () => {
  await using world = new TestWorld();
  const child = startDash(world, ["send", "fast", "x"], { env: mirror(world), stdin: "piped" });
  const { code } = await endOf(child);
  assert.equal(code, 0);
  await child.stdin.close().catch(() => {});
});

Deno.test("a while-read loop keeps its list", async () => {
  await using world = new TestWorld();
  const list = join(world.dir, "list");
  Deno.writeTextFileSync(list, "one\ntwo\nthree\n");
  const send = dashCommand("send", "fast", "--").map((word) => `'${word}'`).join(" ");
  const { success } = await new Deno.Command("sh", {
    args: ["-c", `while read -r line; do ${send} "$line" || exit 1; done < '${list}'`],
    env: world.env(mirror(world)),
    clearEnv: true,
    stdout: "null",
    stderr: "null",
  }).output();
  assert.ok(success);
  assert.deepEqual(eventsOf(world, "dispatch").map(({ prompt_text }) => prompt_text), [
    "one",
    "two",
    "three",
  ]);
});

Deno.test("signals reach codexctl, and its end is recorded", async () => {
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
    await using world = new TestWorld();
    const number = code - 128;
    const play = `trap 'echo caught; trap - ${number}; kill -${number} $$' ${number}; echo ready
      while [ -d "$STANDIN_DIR" ]; do sleep 0.1; done`;
    const child = startDash(world, ["send", "fast", "x"], { env: mirror(world, play) });
    await retryUntil(
      "codexctl at work",
      () => eventsOf(world, "controller_output").some(({ text }) => text === "ready"),
      SLOW_MS,
    );
    child.kill(signal);
    const result = await endOf(child);
    assert.equal(result.code, code, signal);
    assert.match(result.stdout, /caught/);
    assert.equal(eventsOf(world, "dispatch_done")[0]?.exit_code, code);
  }
});

Deno.test("Ctrl-C in a terminal ends codexctl and the wrapper", async () => {
  await using world = new TestWorld();
  const play = 'echo ready; while [ -d "$STANDIN_DIR" ]; do sleep 0.1; done';
  const command = dashCommand("send", "fast", "x").map((word) => `'${word}'`).join(" ");
  const env = Object.entries(world.env(mirror(world, play)))
    .flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  await world.tmux(
    "new-session",
    "-d",
    "-s",
    "user",
    ...env,
    "sh",
    "-c",
    `trap : INT; ${command}; echo "code $?"; cat`,
  );
  await retryUntil(
    "codexctl at work",
    () => eventsOf(world, "controller_output").some(({ text }) => text === "ready"),
    SLOW_MS,
  );
  await world.tmux("send-keys", "-t", "user", "C-c");
  await retryUntil(
    "the wrapper's end",
    async () => /code 130/.test(await world.tmux("capture-pane", "-p", "-t", "user")),
    SLOW_MS,
  );
  assert.equal(eventsOf(world, "dispatch_done")[0]?.exit_code, 130);
  const pid = Number(recorded(world, "pid"));
  assert.throws(() => Deno.kill(pid, "SIGCONT"), Deno.errors.NotFound);
});

Deno.test("a process that codexctl leaves behind with its output does not hold us up", async () => {
  await using world = new TestWorld();
  const play = 'sleep 300 & echo $! > "$STANDIN_DIR/left"; echo done';
  const { code, stdout } = await runDash(world, ["send", "fast", "x"], {
    env: mirror(world, play),
  });
  Deno.kill(Number(recorded(world, "left")));
  assert.equal(code, 0);
  assert.equal(stdout, "done\n");
});

Deno.test("a reader that has seen enough gives codexctl the broken pipe", async () => {
  await using world = new TestWorld();
  const child = startDash(world, ["send", "fast", "x"], { env: mirror(world, "exec yes") });
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  assert.equal((await child.status).code, 141);
  await child.stderr.cancel();
});

Deno.test("an event file that cannot be written is one warning, and the prompt goes out", async () => {
  await using world = new TestWorld();
  const file = join(world.dir, "file");
  Deno.writeTextFileSync(file, "");
  for (const events of ["/dev/full", join(file, "events.ndjson"), world.dir]) {
    const env = { ...mirror(world), CODEXDASH_EVENTS: events };
    const { code, stdout, stderr } = await runDash(world, ["send", "fast", "--", events], { env });
    assert.equal(code, 0);
    assert.match(stdout, /answer of %2/);
    assert.match(stderr, /^codexdash: Cannot write to the event file "[^\n]+\n$/);
    assert.deepEqual(argv(world).at(-1), events);
  }
});

Deno.test("a full disk is one warning, and the prompt goes out", async () => {
  await using world = new TestWorld();
  const disk = join(world.dir, "disk");
  Deno.mkdirSync(disk);
  const mount = await new Deno.Command("mount", {
    args: ["-t", "tmpfs", "-o", "size=64k", "none", disk],
    stdout: "null",
    stderr: "null",
  }).output().catch(() => undefined);
  // Only root can mount; the same is tested above with /dev/full.
  if (!mount?.success) return;
  try {
    const env = {
      ...mirror(world, "yes 0123456789 | head -c 200000"),
      CODEXDASH_EVENTS: join(disk, "e"),
    };
    const { code, bytes, stderr } = await runDash(world, ["send", "fast", "x"], { env });
    assert.equal(code, 0);
    assert.equal(bytes.length, 200_000);
    assert.match(stderr, /^codexdash: Cannot write to the event file [^\n]+no space left[^\n]+\n$/);
  } finally {
    await new Deno.Command("umount", { args: [disk] }).output();
  }
});

Deno.test("codexctl's other words pass through with stdin, output and exit code, unrecorded", async () => {
  await using world = new TestWorld();
  const env = mirror(world, "cat; echo err >&2; exit 7");
  for (const words of [["frobnicate", "--json", "-x"], ["up", "--args", "-c a=b", "--windows"]]) {
    const result = await runDash(world, words, { env, stdin: "typed" });
    assert.deepEqual([result.code, result.stdout, result.stderr], [7, "typed", "err\n"]);
    assert.deepEqual(argv(world), words);
  }
  assert.deepEqual(readEvents(world), []);
});

Deno.test("without codexctl an unknown word is exit code 2", async () => {
  await using world = new TestWorld();
  const { code, stderr } = await runDash(world, ["frobnicate"]);
  assert.equal(code, 2);
  assert.match(stderr, /no command "frobnicate"/);
});

Deno.test("codexctl's own complaint about missing words is what people see", async () => {
  await using world = new TestWorld();
  const env = mirror(world, "echo usage: codexctl send >&2; exit 1");
  const { code, stderr } = await runDash(world, ["send"], { env });
  assert.deepEqual([code, stderr], [1, "usage: codexctl send\n"]);
  assert.deepEqual(argv(world), ["send"]);
});
