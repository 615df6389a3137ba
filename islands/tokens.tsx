/** Token counts that say what they are: exact, estimated (`≈ … est.`), or not known (`—`). */
import type { EstimateMethod, JobRow, TokenFields } from "../server/wire.ts";
import { formatCount, formatRough, UNKNOWN } from "./format.ts";

/** The total in short: `1,234`, `≈ 1.2k est.` or `—`. */
export function tokenWords(tokens: TokenFields): string {
  if (tokens.total_tokens_exact !== null) return formatCount(tokens.total_tokens_exact);
  if (tokens.total_tokens_est !== null) return `≈ ${formatRough(tokens.total_tokens_est)} est.`;
  return UNKNOWN;
}

/** Input, output and total, each with its kind, and what is inside or beside them. */
export function TokenList({ tokens }: { tokens: JobRow }) {
  const { cached_tokens_exact, reasoning_tokens_exact } = tokens;
  const { compaction_tokens_exact, sub_agent_tokens_exact } = tokens;
  return (
    <>
      <dl class="tokens">
        <TokenCount
          word="Total"
          exact={tokens.total_tokens_exact}
          estimated={tokens.total_tokens_est}
        />
        <TokenCount
          word="Input"
          exact={tokens.prompt_tokens_exact}
          estimated={tokens.prompt_tokens_est}
        />
        <TokenCount
          word="Output"
          exact={tokens.completion_tokens_exact}
          estimated={tokens.completion_tokens_est}
        />
        <TokenPart word="Cached input" count={cached_tokens_exact} />
        <TokenPart word="Reasoning" count={reasoning_tokens_exact} />
        <TokenPart word="Compaction, in total" count={compaction_tokens_exact} />
        <TokenPart word="Sub-agents, beside these" count={sub_agent_tokens_exact} />
      </dl>
      {tokens.estimate_method && <p class="note">{METHOD_WORDS[tokens.estimate_method]}</p>}
      {tokens.shared_with > 0 && (
        <p class="note">
          The same tokens as{" "}
          {tokens.shared_with === 1 ? "another job" : `${tokens.shared_with} jobs`}{" "}
          of this turn: counted once in sums.
        </p>
      )}
    </>
  );
}

/** Where an estimate comes from. */
const METHOD_WORDS: Record<EstimateMethod, string> = {
  stated: "Estimated: its output says so, and nothing proves it.",
  tiktoken: "Estimated from its prompt and output with a tokenizer.",
  chars: "Estimated from the length of its prompt and output.",
};

/** A figure that only exact sources give; left out where there is none. */
function TokenPart({ word, count }: { word: string; count: number | null }) {
  return count ? <TokenCount word={word} exact={count} estimated={null} /> : null;
}

function TokenCount(
  { word, exact, estimated }: { word: string; exact: number | null; estimated: number | null },
) {
  const kind = exact !== null ? "exact" : estimated !== null ? "estimated" : "not known";
  return (
    <div>
      <dt>{word}</dt>
      <dd>
        <span class="figure">
          {kind === "estimated" && "≈ "}
          {formatCount(exact ?? estimated)}
        </span>
        <span class={`kind k-${kind.split(" ")[0]}`}>{kind}</span>
      </dd>
    </div>
  );
}
