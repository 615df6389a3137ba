/**
 * What Codex's own session file says of a job or a thread: its items by turn, live. Loaded when a
 * page first shows one; a sub-agent's transcript is shown inside of its parent's.
 */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { CodexWork, ThreadListRow, TranscriptItem, TurnRow } from "../server/wire.ts";
import { fetchThread } from "./api.ts";
import { coalesce } from "./coalesce.ts";
import { onThreadNews } from "./codex_state.ts";
import { Disclosure } from "./disclosure.tsx";
import { formatCount } from "./format.ts";
import { threadPath } from "./links.ts";
import { shortId, threadName } from "./thread_words.ts";
import { TranscriptFeed } from "./transcript_feed.ts";
import { Item } from "./transcript_item.tsx";
import { groupByTurn, type ItemRow } from "./transcript_rows.ts";
import { useEnd } from "./transcript_end.ts";
import { TurnEnd, TurnHead } from "./turn.tsx";
import { TurnBadge } from "./turn_status.tsx";

/** News of one thread come in bursts, as when Codex writes a turn's end. */
const NEWS_PAUSE_MS = 250;

/** From here on the browser lays out only what is in sight. */
const MANY_ITEMS = 200;

export interface CodexTranscriptProps {
  /** `/api/jobs/{id}/transcript` or `/api/threads/{id}/transcript`. */
  path: string;
  thread_id: string;
  turns: readonly TurnRow[];
  sub_agents: readonly ThreadListRow[];
  /** Whether each turn has a head; a job's single turn needs none. */
  has_heads: boolean;
  /** Whether the window stays at the newest item while someone is there. */
  follows?: boolean;
}

export function CodexTranscript(props: CodexTranscriptProps) {
  const { path, thread_id, turns, sub_agents, has_heads, follows = false } = props;
  const root = useRef<HTMLDivElement>(null);
  const feed = useMemo(() => new TranscriptFeed(path), [path]);
  useEffect(() => {
    feed.load();
    const update = coalesce(() => feed.update(), NEWS_PAUSE_MS);
    return onThreadNews((news) => (news === null || news.has(thread_id)) && update());
  }, [feed, thread_id]);
  const groups = useMemo(() => groupByTurn(feed.items.value, turns), [feed.items.value, turns]);
  const { end, unseen, toEnd } = useEnd(feed.items.value, follows);
  const nest = useMemo(() => (item: TranscriptItem) => {
    const child = sub_agents.find((row) => row.thread_id === item.child_thread_id);
    return <SubAgent item={item} thread={child} />;
  }, [sub_agents]);
  const showEarlier = async () => {
    const first = root.current?.querySelector(".item");
    const top = first?.getBoundingClientRect().top ?? 0;
    await feed.showEarlier();
    requestAnimationFrame(() => {
      if (first?.isConnected) scrollBy(0, first.getBoundingClientRect().top - top);
    });
  };
  if (feed.state.value !== "ready") {
    return <NotReady feed={feed} />;
  }
  const rows = (list: readonly ItemRow[]) => (
    <ol class="items">
      {list.map((row) => <Item key={row.item.seq} {...row} path={path} nest={nest} />)}
    </ol>
  );
  return (
    <div
      class={feed.items.value.length > MANY_ITEMS ? "codex-transcript many" : "codex-transcript"}
      ref={root}
    >
      {feed.has_earlier.value && (
        <p class="more">
          <button
            type="button"
            class="button"
            aria-disabled={feed.is_asking.value}
            onClick={showEarlier}
          >
            Show earlier
          </button>
        </p>
      )}
      {feed.problem.value !== null && (
        <p class="hint problem" role="status">{feed.problem.value}: what is shown may be old.</p>
      )}
      {feed.items.value.length === 0 && <p class="empty">Codex has written nothing here yet.</p>}
      {groups.map(({ key, turn, rows: own, late }) => (
        <section key={key} class="turn" aria-label="Turn">
          {has_heads && turn && <TurnHead turn={turn} />}
          {own.length > 0 && rows(own)}
          {turn && <TurnEnd turn={turn} has_head={has_heads} />}
          {late.length > 0 && rows(late)}
        </section>
      ))}
      {follows && <div ref={end} class="transcript-end" />}
      {unseen > 0 && (
        <p class="newest-items">
          <button type="button" class="button small" onClick={toEnd}>
            {formatCount(unseen)} new
          </button>
        </p>
      )}
    </div>
  );
}

function NotReady({ feed }: { feed: TranscriptFeed }) {
  if (feed.state.value === "loading") {
    return <p class="empty" role="status">Loading the transcript…</p>;
  }
  return (
    <div class="nothing" role="alert">
      <p>The transcript could not be loaded. {feed.problem.value}.</p>
      <button type="button" class="button" onClick={() => feed.load()}>Try again</button>
    </div>
  );
}

/** A sub-agent where its parent started it; its own transcript when it is opened. */
function SubAgent({ item, thread }: { item: TranscriptItem; thread: ThreadListRow | undefined }) {
  const thread_id = item.child_thread_id ?? "";
  const name = thread ? threadName(thread) : item.text ?? `Thread ${shortId(thread_id)}`;
  const summary = (
    <>
      <bdi class="sub-agent-name">{name}</bdi>
      {thread?.turn_status && <TurnBadge status={thread.turn_status} />}
      {thread?.model && <span>{thread.model}</span>}
      {thread && <span>{formatCount(thread.total_tokens || null)} tokens</span>}
      {!thread && item.status && <span>{item.status}</span>}
    </>
  );
  return (
    <Disclosure class="sub-agent" summary={summary}>
      {() => <ThreadTranscript thread_id={thread_id} />}
    </Disclosure>
  );
}

/** A thread's transcript with its turns, both kept true while it is shown. */
function ThreadTranscript({ thread_id }: { thread_id: string }) {
  const work = useSignal<CodexWork | null>(null);
  const is_missing = useSignal(false);
  const turns = useComputed(() => work.value?.turns ?? []);
  useEffect(() => {
    const ask = coalesce(async () => {
      const answer = await fetchThread(thread_id).catch(() => null);
      work.value = answer ?? work.peek();
      is_missing.value = work.peek() === null;
    }, NEWS_PAUSE_MS);
    ask();
    return onThreadNews((news) => (news === null || news.has(thread_id)) && ask());
  }, [thread_id]);
  if (work.value === null) {
    return (
      <p class="empty" role="status">
        {is_missing.value ? "Its session file has not been read." : "Loading…"}
      </p>
    );
  }
  return (
    <>
      <p class="sub-agent-link">
        <a href={threadPath(thread_id)}>Open this thread</a>
      </p>
      <CodexTranscript
        path={`/api${threadPath(thread_id)}/transcript`}
        thread_id={thread_id}
        turns={turns.value}
        sub_agents={work.value.sub_agents}
        has_heads={turns.value.length > 1}
      />
    </>
  );
}
