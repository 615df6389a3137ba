/** What `ship` asks of four agents at once about one feature. */

export interface ShipPart {
  agent: string;
  prompt: string;
}

/** The parts in the order in which their answers are read: plan, test, sec, implement. */
export function shipPrompts(feature: string): ShipPart[] {
  return [
    {
      agent: "deep",
      prompt: `Plan this feature: ${feature}

Do not change files. Say which files and interfaces change, in which order, what can go wrong, and how it is rolled out and rolled back.`,
    },
    {
      agent: "test",
      prompt: `Write the tests for this feature: ${feature}

Another agent implements it at the same time. Cover the normal case, the edges and the failures, in the style of the tests that exist. Say how to run them.`,
    },
    {
      agent: "sec",
      prompt: `Review the security of this feature before it is built: ${feature}

Do not change files. List what an attacker or a mistake could do with it, how bad each is, and what the implementation must do about it.`,
    },
    {
      agent: "fast",
      prompt: `Implement this feature: ${feature}

Other agents plan it, test it and review its security at the same time. Keep the change small, follow the code around it, and say what you did.`,
    },
  ];
}
