import assert from "node:assert/strict";
import { join } from "node:path";
import type { ThreadListRow, TranscriptItem } from "../../server/wire.ts";
import { TestBrowser } from "../support/browser.ts";
import { retryUntil } from "../support/retry.ts";
import { recordings } from "../support/rollout_world.ts";
import { TestTower } from "../support/tower.ts";

/** What the page leaves out: reasoning without a summary, and calls whose output says it all. */
function isShown(item: TranscriptItem, all: readonly TranscriptItem[]): boolean {
  if (item.item === "reasoning") return (item.text ?? "").trim() !== "";
  if (item.item !== "tool_call") return true;
  return !all.some((other) => other.item === "command" && other.item_id === item.item_id);
}

Deno.test("every recorded session file has a page that shows all of it", async (t) => {
  await using tower = await TestTower.start();
  await using browser = await TestBrowser.launch();
  const day = join(tower.world.codex_home, "sessions", "2026", "11", "21");
  await Deno.mkdir(day, { recursive: true });
  const ids = new Set<string>();
  for (const [name, bytes] of recordings()) {
    const first = new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(10)));
    ids.add(JSON.parse(first).payload.id);
    await Deno.writeFile(join(day, `rollout-${name}`), bytes);
  }
  const read = async (path: string) => await (await fetch(`${tower.url}${path}`)).json();
  await retryUntil("all of them to be read", async () => {
    const { sources } = await read("/api/health");
    const rollouts = sources.find((row: { source: string }) => row.source === "rollouts");
    return rollouts?.state === "live" && (await read("/api/threads?limit=100")).length === ids.size;
  }, 60_000);
  const threads: ThreadListRow[] = await read("/api/threads?limit=100");
  const page = await browser.open(tower.url, "/threads");
  for (const { thread_id, rollout } of threads) {
    await t.step(rollout.split("/").at(-1)!, async () => {
      const items: TranscriptItem[] = await read(`/api/threads/${thread_id}/transcript`);
      await page.goto(`/threads/${thread_id}`);
      await page.locator(".session").getByText(/Loading/).waitFor({ state: "detached" });
      const shown = items.filter((item) => isShown(item, items));
      assert.equal(await page.locator(".session .item").count(), shown.length);
      assert.equal(await page.locator(".session .i-other").count(), 0);
    });
  }
  browser.assertClean();
});
