/**
 * Which agent suits a prompt. The rule is short enough to be said in one sentence, which `route --help`
 * does: words of testing, else of security, else of design or diagnosis or a long prompt, else fast.
 */

export interface RouteChoice {
  agent: string;
  /** For the person who sent it. */
  reason: string;
}

/** From this length on a prompt asks for more than a quick edit. */
const LONG_PROMPT = 400;

const RULES: readonly { agent: string; words: RegExp }[] = [
  {
    agent: "test",
    words: /\b(tests?|tested|testing|unit tests?|coverage|regressions?|specs?|fixtures?)\b/i,
  },
  {
    agent: "sec",
    words:
      /\b(security|secure|vulnerabilit(?:y|ies)|vulnerable|exploits?|injections?|xss|csrf|cves?|secrets?|permissions?|authentication|authorization|sandbox)\b/i,
  },
  {
    agent: "deep",
    words:
      /\b(designs?|architecture|architect|plans?|refactor(?:ing)?|investigate|analy[sz]e|root cause|debug|migrat(?:e|ion)|rewrite|performance)\b/i,
  },
];

/** Picks among `agents`, in their order; the first of them when none suits. */
export function chooseAgent(prompt: string, agents: readonly string[]): RouteChoice {
  for (const { agent, words } of RULES) {
    const word = words.exec(prompt)?.[0];
    if (word && agents.includes(agent)) return { agent, reason: `the prompt says "${word}"` };
  }
  if (prompt.length >= LONG_PROMPT && agents.includes("deep")) {
    return { agent: "deep", reason: `the prompt has ${prompt.length} characters` };
  }
  if (agents.includes("fast")) return { agent: "fast", reason: "nothing in it asks for another" };
  return { agent: agents[0] ?? "fast", reason: "no agent is called fast" };
}
