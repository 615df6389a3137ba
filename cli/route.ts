/** `codexdash route`: hands a prompt to the agent that suits it. */
import { chooseAgent } from "../server/dispatch/route_rule.ts";
import { listAgents } from "../server/tmux/panes.ts";
import { passThrough } from "./codexctl.ts";
import { lacksPrompt, readPrompt } from "./prompt_words.ts";
import {
  readSender,
  requestOptions,
  SEND_OPTIONS,
  SEND_RULES,
  SEND_WORDS,
  sendInForeground,
} from "./sending.ts";

export const help = `Usage: codexdash route [options] [--] <prompt | ->

Sends a prompt to the agent that suits it and says which. Words of testing (test, coverage, regression …)
choose test; else words of security (vulnerability, injection, secret …) choose sec; else words of design
and diagnosis (design, plan, refactor, root cause …) or 400 characters choose deep; else fast. codexctl
has a rule of its own; before it types, every agent must be able to take a prompt.

${SEND_OPTIONS}

${SEND_RULES}`;

/** Returns the exit code. Throws `CodexdashError` for words that make no sense. */
export async function run(args: string[]): Promise<number> {
  const sender = readSender(args, { ...SEND_WORDS, positionals: 0 });
  const { words, config, mirrored } = sender;
  if (mirrored && lacksPrompt(words)) {
    return await passThrough(["route", ...words.passed], config) ?? 1;
  }
  const { prompt, stdin } = await readPrompt(words);
  return await sendInForeground({
    ...requestOptions(sender),
    targets: mirrored ? [] : [await chooseTarget(sender.config, prompt)],
    prompt,
    args: ["route", ...args],
    codexctl: { args: ["route", ...words.passed], stdin, chooses: "one" },
  }, sender);
}

async function chooseTarget(
  config: { tmux_socket: string; session: string },
  prompt: string | Uint8Array,
): Promise<string> {
  const text = typeof prompt === "string" ? prompt : new TextDecoder().decode(prompt);
  const agents = await listAgents(config.tmux_socket, config.session);
  const { agent, reason } = chooseAgent(text, agents.map(({ agent }) => agent));
  console.error(`route: ${agent} (${reason})`);
  return agent;
}
