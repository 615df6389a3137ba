import assert from "node:assert/strict";
import { Hub } from "../../server/hub.ts";
import type { AgentRow, ScreenRow, SourceHealth } from "../../server/wire.ts";

const CHANGE = { seq: 1, events: [], agents: [], jobs: [] };

function screen(agent: string): ScreenRow {
  return { agent, pane_id: "%1", ts: 1, width: 80, height: 24, title: "", lines: [] };
}

Deno.test("a subscriber that throws keeps nobody else from being told", () => {
  const hub = new Hub();
  const told: number[] = [];
  hub.subscribe({
    onChange() {
      throw new Error("a defect of this test");
    },
  });
  const end = hub.subscribe({ onChange: ({ seq }) => told.push(seq) });
  const agents = [{ agent: "fast", status: "idle" } as AgentRow];
  hub.publish({ ...CHANGE, agents });
  end();
  hub.publish({ ...CHANGE, seq: 2, agents });
  assert.deepEqual(told, [1]);
});

Deno.test("a change that changes nothing is not told", () => {
  const hub = new Hub();
  hub.subscribe({ onChange: () => assert.fail("told") });
  hub.publish(CHANGE);
});

Deno.test("the screen of an agent that is gone is not kept", () => {
  const hub = new Hub();
  hub.publishScreen(screen("fast"));
  hub.publishScreen(screen("deep"));
  hub.publish({ ...CHANGE, agents: [{ agent: "fast", status: "missing" } as AgentRow] });
  assert.deepEqual(hub.screens().map(({ agent }) => agent), ["deep"]);
});

Deno.test("sources are told when one changes its state, not when it only falls behind", () => {
  const hub = new Hub();
  const health: SourceHealth = {
    source: "event_file",
    state: "live",
    detail: null,
    lag_bytes: 0,
    bad_lines: 0,
    last_ts: null,
  };
  const told: SourceHealth[][] = [];
  hub.setSources(() => [{ ...health }]);
  hub.subscribe({ onSources: (sources) => told.push(sources) });
  hub.publishSources();
  health.lag_bytes = 4096;
  hub.publishSources();
  assert.equal(told.length, 1);
  health.state = "failed";
  hub.publishSources();
  assert.equal(told.length, 2);
  assert.equal(told[1]?.[0]?.state, "failed");
});
