/** What stands beside a status: who says so, why, and what programs call it. */
import assert from "node:assert/strict";
import { settleStatus } from "../../../server/store/claims.ts";
import type { AgentState } from "../../../server/store/state.ts";
import type { AgentRow, AgentStatus, StatusClaim, StatusSource } from "../../../server/wire.ts";

const said = (status: AgentStatus, ts: number, more: Partial<StatusClaim> = {}): StatusClaim => ({
  ...{ status, ts, detail: null, code: null },
  ...more,
});

function shown(claims: Partial<Record<StatusSource, StatusClaim>>) {
  const agent = { claims } as AgentState;
  settleStatus(agent);
  const { status, status_source, status_detail, status_code }: AgentRow = agent;
  return [status, status_source, status_detail, status_code];
}

const LIMIT = "You’ve hit your usage limit.";

Deno.test("a failure has Codex's own words and code, whichever tier told of it last", () => {
  const rollout = said("error", 20, { detail: LIMIT, code: "usage_limit_exceeded" });
  const wanted = [LIMIT, "usage_limit_exceeded"];
  assert.deepEqual(shown({ rollout }), ["error", "rollout", ...wanted]);
  assert.deepEqual(shown({ rollout, title: said("error", 21) }), ["error", "title", ...wanted]);
  const screen = said("auth", 22, { detail: "unexpected status 401" });
  const refused = said("auth", 20, { code: "http_connection_failed 401" });
  assert.deepEqual(
    shown({ screen, rollout: refused, title: said("error", 21) }),
    ["auth", "screen", "unexpected status 401", "http_connection_failed 401"],
  );
});

Deno.test("a dialog is the code for as long as it is open", () => {
  const rollout = said("error", 20, { detail: LIMIT, code: "usage_limit_exceeded" });
  const screen = said("error", 21, { detail: LIMIT, code: "usage_limit" });
  assert.deepEqual(shown({ rollout, screen }), ["error", "rollout", LIMIT, "usage_limit"]);
  const answered = said("error", 22, { detail: LIMIT });
  assert.deepEqual(
    shown({ rollout, screen: answered }),
    ["error", "rollout", LIMIT, "usage_limit_exceeded"],
  );
});

Deno.test("what another status was about is not borrowed", () => {
  const screen = said("approval", 20, { detail: "Run make?", code: "approval" });
  const rollout = said("working", 19);
  assert.deepEqual(
    shown({ title: said("approval", 21), rollout, screen }),
    ["approval", "title", "Run make?", "approval"],
  );
  assert.deepEqual(
    shown({ title: said("working", 22), rollout, screen }),
    ["working", "title", null, null],
  );
  const failed = said("error", 23, { detail: LIMIT, code: "usage_limit_exceeded" });
  assert.deepEqual(
    shown({ title: said("idle", 24), rollout: failed }),
    ["idle", "title", null, null],
  );
});

Deno.test("a failed turn stays one until the screen or a new turn says otherwise", () => {
  const rollout = said("error", 20, { detail: LIMIT, code: "usage_limit_exceeded" });
  const screen = said("error", 20, { detail: LIMIT });
  const title = said("idle", 22);
  assert.deepEqual(shown({ title, screen }), ["error", "screen", LIMIT, null]);
  assert.deepEqual(
    shown({ title, screen, rollout }),
    ["error", "rollout", LIMIT, "usage_limit_exceeded"],
  );
  const cleared = said("idle", 23);
  assert.deepEqual(shown({ title, screen: cleared, rollout }), ["idle", "title", null, null]);
  const next = said("working", 24);
  assert.deepEqual(shown({ title, screen, rollout: next }), ["working", "rollout", null, null]);
});

Deno.test("tiers that say the same in other words do not contradict each other", () => {
  const conflict = (claims: AgentState["claims"]) => {
    const agent = { claims } as AgentState;
    settleStatus(agent);
    return agent.status_conflict;
  };
  const screen = said("auth", 20, { detail: "unexpected status 401" });
  assert.equal(conflict({ screen, title: said("error", 21), rollout: said("auth", 20) }), null);
  assert.equal(conflict({ screen, title: said("idle", 22) }), null);
  assert.equal(conflict({ screen, title: said("working", 22) }), "title says working");
});

Deno.test("a question on the screen counts where neither title nor session file can know of it", () => {
  const screen = said("approval", 22, { detail: "Run make?", code: "approval" });
  const title = said("working", 20);
  const rollout = said("working", 19);
  assert.deepEqual(shown({ title, rollout, screen }), [
    ...["approval", "screen", "Run make?", "approval"],
  ]);
  const socket = said("working", 23);
  assert.deepEqual(shown({ title, rollout, screen, socket })[1], "socket");
});
