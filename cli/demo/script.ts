/** The prompts of a demo: what one person might ask four agents in a few minutes, over and over. */

export interface Act {
  /** Which agent, counted from 0; a demo with fewer starts again from the first. */
  agent: number;
  prompt: string;
  /** How long after the act before, in seconds. */
  after_s: number;
}

export const SCRIPT: readonly Act[] = [
  { agent: 0, after_s: 1, prompt: "Explain what this repository does in three sentences" },
  { agent: 2, after_s: 3, prompt: "Run the tests and repair what fails" },
  { agent: 1, after_s: 4, prompt: "Think through where to store parcels, and compare the ways" },
  { agent: 3, after_s: 6, prompt: "Audit the dependencies for known advisories" },
  { agent: 0, after_s: 8, prompt: "Say hello to the team in one short line" },
  { agent: 1, after_s: 6, prompt: "Refactor the parsing into a file of its own" },
  { agent: 2, after_s: 6, prompt: "Look for the cause of the regression in sorting" },
  { agent: 0, after_s: 5, prompt: "mock:500 what an outage of the model looks like" },
  { agent: 3, after_s: 6, prompt: "Clean up the old build folder before the release" },
  { agent: 1, after_s: 5, prompt: "mock:spawn=review the parser with a sub-agent" },
];
