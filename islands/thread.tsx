/** One of Codex's threads: whose it is, what it comes from and led to, its turns and transcript. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { ThreadDetail, ThreadRow } from "../server/wire.ts";
import { fetchThread } from "./api.ts";
import { coalesce } from "./coalesce.ts";
import { onThreadNews, thread_detail, threadsOf } from "./codex_state.ts";
import { CopyButton } from "./copy_button.tsx";
import { formatCount, UNKNOWN } from "./format.ts";
import { LazyTranscript } from "./lazy_transcript.tsx";
import { agentPath, threadPath } from "./links.ts";
import { ThreadTrees } from "./thread_list.tsx";
import { sumTree, threadTrees } from "./thread_tree.ts";
import { shortId, threadAgent, threadName } from "./thread_words.ts";
import { Age, DateTime } from "./times.tsx";
import { TurnBadge } from "./turn_status.tsx";

const NEWS_PAUSE_MS = 500;

export function Thread() {
  return thread_detail.value && <ThreadPage detail={thread_detail.value} />;
}

function ThreadPage({ detail }: { detail: ThreadDetail }) {
  const { thread, turns, sub_agents } = detail;
  const { thread_id } = thread;
  useEffect(() => {
    const ask = coalesce(async () => {
      thread_detail.value = await fetchThread(thread_id).catch(() => thread_detail.peek());
    }, NEWS_PAUSE_MS);
    return onThreadNews((news) => {
      const own = thread_detail.peek() ? threadsOf(thread_detail.peek()!) : [];
      if (news === null || own.some((id) => news.has(id))) ask();
    });
  }, [thread_id]);
  const last = turns.at(-1);
  return (
    <div class="page job-page">
      <header class="job-head">
        <p class="crumbs">
          <a href="/threads">Threads</a> <span aria-hidden="true">/</span>
          <code class="id" dir="ltr">{thread_id}</code>
          <CopyButton text={thread_id} what="the thread id" />
        </p>
        <div class="job-title">
          <h1 class="thread-title" dir="auto">{threadName(thread)}</h1>
          {last && <TurnBadge status={last.status} />}
        </div>
        <p class="hint">
          {thread.agent === null ? threadAgent(thread) : (
            <a href={agentPath(thread.agent)}>
              <bdi>{thread.agent}</bdi>
            </a>
          )}
          , last activity <Age ts={thread.updated_ts} />
        </p>
        <Origins detail={detail} />
      </header>
      <div class="job-main">
        <section class="card session" aria-labelledby="session-title">
          <header>
            <h2 id="session-title">Transcript</h2>
          </header>
          <LazyTranscript
            path={`/api${threadPath(thread_id)}/transcript`}
            thread_id={thread_id}
            turns={turns}
            sub_agents={sub_agents}
            has_heads
            follows
          />
        </section>
      </div>
      <aside class="job-side" aria-label="About this thread">
        <Tokens detail={detail} />
        <SubAgents detail={detail} />
        <Forks detail={detail} />
        <Facts thread={thread} />
      </aside>
    </div>
  );
}

/** What it is part of, or goes on from. */
function Origins({ detail: { thread, parent, forked_from } }: { detail: ThreadDetail }) {
  const { parent_thread_id, forked_from_id } = thread;
  return (
    <>
      {parent_thread_id !== null && (
        <p class="origin-line">
          Sub-agent of <ThreadLink id={parent_thread_id} thread={parent} />
        </p>
      )}
      {forked_from_id !== null && (
        <p class="origin-line">
          Fork of <ThreadLink id={forked_from_id} thread={forked_from} />; its tokens are its own
        </p>
      )}
    </>
  );
}

/** A thread that was not read has no page. */
function ThreadLink({ id, thread }: { id: string; thread: ThreadRow | null }) {
  if (!thread) return <>thread {shortId(id)}, whose session file was not read</>;
  return <a href={threadPath(id)} dir="auto">{threadName(thread)}</a>;
}

function Tokens({ detail: { thread, sub_agents } }: { detail: ThreadDetail }) {
  const below = sumTree(threadTrees(sub_agents));
  // A thread without a single answer has stated none.
  const is_known = thread.total_tokens > 0;
  const counts: [word: string, count: number][] = [
    ["Total", thread.total_tokens],
    ["Input", thread.input_tokens],
    ["Output", thread.output_tokens],
    ["Cached input", thread.cached_input_tokens],
    ["Reasoning", thread.reasoning_output_tokens],
    ["Compaction, in total", thread.compaction_tokens],
    ["Sub-agents, beside these", below.total_tokens],
  ];
  return (
    <section class="card" aria-labelledby="tokens-title">
      <h2 id="tokens-title">Tokens</h2>
      <dl class="tokens">
        {counts.filter(([, count], index) => index < 3 || count > 0).map(([word, count]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>
              <span class="figure">{formatCount(is_known ? count : null)}</span>
              <span class={is_known ? "kind k-exact" : "kind"}>
                {is_known ? "exact" : "not known"}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function SubAgents({ detail: { sub_agents } }: { detail: ThreadDetail }) {
  if (sub_agents.length === 0) return null;
  return (
    <section class="card" aria-labelledby="tree-title">
      <h2 id="tree-title">Sub-agents</h2>
      <ThreadTrees nodes={threadTrees(sub_agents)} label="Sub-agents" is_small />
    </section>
  );
}

function Forks({ detail: { forks } }: { detail: ThreadDetail }) {
  if (forks.length === 0) return null;
  return (
    <section class="card" aria-labelledby="forks-title">
      <h2 id="forks-title">Forks of it</h2>
      <ThreadTrees nodes={threadTrees(forks)} label="Forks" is_small />
    </section>
  );
}

function Facts({ thread }: { thread: ThreadRow }) {
  const facts: [word: string, value: ComponentChildren][] = [
    ["Model", thread.model],
    ["Effort", thread.effort],
    ["Sandbox", thread.sandbox],
    ["Approval", thread.approval_policy],
    ["Folder", thread.cwd],
    ["Git branch", thread.git_branch],
    ["Started", <DateTime key="started" ts={thread.started_ts} />],
    ["Started by", thread.originator],
    ["Codex", thread.cli_version],
    ["Format", thread.format],
    ["Session file", thread.rollout],
  ];
  return (
    <section class="card" aria-labelledby="facts-title">
      <h2 id="facts-title">Facts</h2>
      <dl class="fact-list">
        {facts.map(([word, value]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{value ?? UNKNOWN}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
