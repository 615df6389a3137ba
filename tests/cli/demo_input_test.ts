/** What keys and pastes do to the demo agent: as measured on the real program, its traps included. */
import assert from "node:assert/strict";
import { startDemoAgents } from "../support/demo.ts";
import { retryUntil } from "../support/retry.ts";
import { TestWorld } from "../support/temp.ts";

/** Types as `send-keys -l` does, then waits until the composer shows the end of it. */
async function type(
  world: TestWorld,
  pane: string,
  text: string,
  shown: () => Promise<unknown>,
): Promise<void> {
  await world.tmux("send-keys", "-l", "-t", pane, "--", text);
  await shown();
  await new Promise((done) => setTimeout(done, 300));
}

/** 8,000 characters of what breaks typing, different in every place. */
function nastyText(): string {
  const parts = [
    "- dash line",
    "\ttab line",
    "  indented",
    "ünïcode 漢字",
    "🦉🧪 emoji 👩‍🔬",
    "`$(touch x)`",
    "--",
    "# ;",
  ];
  let text = "[JOB:paste-1] mock:plain";
  for (let index = 0; Array.from(text).length < 7_950; index++) {
    text += `\n${parts[index % parts.length]} ${index}`;
  }
  return text + "x".repeat(8_000 - Array.from(text).length);
}

Deno.test("a paste of 8,000 characters arrives byte for byte in the session file", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["fast"]);
  const text = nastyText();
  await agents.paste("fast", text);
  await agents.see("fast", /^› \[Pasted Content 8000 chars\]$/m);
  await agents.press("fast", "Enter");
  await agents.see("fast", /Worked for/);
  const items = agents.rolloutWith("[JOB:paste-1]").map((line) => line.payload["item"]);
  const prompts = items.filter((item) => item?.type === "UserMessage");
  assert.deepEqual(prompts.map(({ content }) => content[0].text), [text]);
  const history = await Deno.readTextFile(`${world.codex_home}/history.jsonl`);
  assert.equal(JSON.parse(history).text, text);
});

Deno.test("a prompt typed into an approval approves it and loses its beginning", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["sec"]);
  await agents.prompt("sec", "mock:escalate=touch first.txt");
  await agents.see("sec", /Would you like to run/);
  // 0 is no choice, 1 is: REC pane-approval-clobbered shows the same remainder.
  const typed = "[JOB:012edc24-4d04-491f-b264-025fb8219102] mock:plain second prompt";
  await type(world, agents.paneOf("sec"), typed, () => agents.see("sec", /^› .*prompt$/m));
  await agents.see("sec", /• Ran touch first\.txt\n {2}└ \(no output\)[^]*Worked for/);
  await agents.press("sec", "Enter");
  await agents.see(
    "sec",
    /^› 2edc24-4d04-491f-b264-025fb8219102\] mock:plain second prompt$[^]*Hello from/m,
  );
});

Deno.test("a prompt sent while busy joins the turn; the command under way ends behind it", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["fast"]);
  await agents.prompt("fast", "mock:execslow=sleep 20; echo one");
  await agents.see("fast", /1 background terminal running/);
  await agents.prompt("fast", "mock:plain second while a command runs");
  await agents.see("fast", /Worked for[^]*1 background terminal running · \/ps to view/);
  const turnOf = (text: string) =>
    agents.rolloutWith("execslow").find((line) =>
      JSON.stringify(line.payload["item"])?.includes(text)
    )
      ?.payload["turn_id"];
  assert.equal(turnOf("second while"), turnOf("execslow"));
  await agents.see("fast", /• Ran sleep 20; echo one/);
  const lines = agents.rolloutWith("execslow").map(({ payload }) => payload);
  const end = lines.findIndex(({ type }) => type === "task_complete");
  assert.ok(lines.slice(end).some(({ item }) => item?.type === "CommandExecution"));
  assert.equal(lines.filter(({ type }) => type === "task_started").length, 1);
});

Deno.test("editing keys act on the cursor's line only, and Ctrl-C clears a draft", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["fast"]);
  await agents.paste("fast", "first line");
  await agents.press("fast", "C-j");
  await agents.paste("fast", "second line");
  await agents.see("fast", /^› first line\n {2}second line$/m);
  await agents.press("fast", "Home", "C-k");
  await agents.see("fast", /^› first line\n {2,}$|^› first line\n\n/m);
  await agents.press("fast", "C-c");
  await agents.see("fast", /^› Ask Codex to do anything$/m);
});

Deno.test("an Enter right behind typed text is a newline, as in a paste without marks", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["fast"]);
  const text = "mock:plain this text is typed faster than any person could";
  await world.tmux(
    "send-keys",
    "-t",
    agents.paneOf("fast"),
    "-l",
    text,
    ";",
    "send-keys",
    "-t",
    agents.paneOf("fast"),
    "Enter",
  );
  await agents.see("fast", /^› mock:plain this text[^]*could\n\n\n {2}GPT/m);
  await new Promise((done) => setTimeout(done, 300));
  await agents.press("fast", "Enter");
  await agents.see("fast", /Worked for/);
});

Deno.test("/new starts another thread in the same pane, and its writer lock says so", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["fast"]);
  const locks = () =>
    [...Deno.readDirSync(`${world.codex_home}/thread-writer-locks`)].map(({ name }) => name);
  const [first] = locks();
  await agents.prompt("fast", "mock:plain hello");
  await agents.see("fast", /Worked for/);
  await agents.prompt("fast", "/new");
  await retryUntil("another lock", () => locks().length === 1 && locks()[0] !== first);
  await agents.prompt("fast", "mock:plain hello again");
  await agents.see("fast", /hello again[^]*Worked for/);
  assert.equal(agents.rollouts().length, 2);
});

Deno.test("what a prompt holds never acts on the terminal", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["fast"]);
  await agents.paste("fast", "quick \x1b]0;stolen\x07 \x1b[2J still here");
  await agents.see("fast", /still here/);
  assert.doesNotMatch(await agents.title("fast"), /^stolen/);
  await agents.press("fast", "Enter");
  await agents.see("fast", /Worked for/);
  await retryUntil(
    "a title",
    async () => (await agents.title("fast")).startsWith("Quick ]0;stolen"),
  );
});

Deno.test("nothing is left running when the tmux server ends", async () => {
  const world = new TestWorld();
  await startDemoAgents(world, ["fast", "deep"]);
  const running = async () => {
    const { stdout } = await new Deno.Command("ps", { args: ["-eo", "args"] }).output();
    return new TextDecoder().decode(stdout).split("\n").filter((line) => line.includes(world.dir));
  };
  assert.ok((await running()).some((line) => line.includes("demo-agent")));
  await world[Symbol.asyncDispose]();
  await retryUntil("the end of all", async () => (await running()).length === 0);
});
