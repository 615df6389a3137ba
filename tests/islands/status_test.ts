import assert from "node:assert/strict";
import { agentWords } from "../../islands/status.tsx";
import type { AgentRow, AgentStatus } from "../../server/wire.ts";

Deno.test("a status is called what it is, by the dialog or the error behind it", () => {
  const cases: [AgentStatus, string | null, string][] = [
    ["idle", null, "Idle"],
    ["input", null, "Needs input"],
    ["input", "trust", "Asks for trust"],
    ["input", "update", "Offers an update"],
    ["input", "hooks_review", "Hooks need review"],
    ["auth", "login", "Needs login"],
    ["error", "usage_limit", "Usage limit"],
    ["error", "usage_limit_exceeded", "Usage limit"],
    ["error", "internal_server_error", "Error"],
    ["error", "constructor", "Error"],
  ];
  for (const [status, status_code, words] of cases) {
    assert.equal(agentWords({ status, status_code } as AgentRow), words);
  }
});
