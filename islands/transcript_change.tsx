/** What an agent changed in files: each file's lines, coloured by what they do. */
import type { TranscriptItem } from "../server/wire.ts";
import { countChanges, type DiffLine, diffLines } from "./diff.ts";
import { Disclosure } from "./disclosure.tsx";

type FileChange = NonNullable<TranscriptItem["changes"]>[number];

/** A change of at most so many lines is open at once. */
const OPEN_LINES = 24;

const KIND_WORDS: Readonly<Record<string, string>> = {
  add: "Added",
  delete: "Deleted",
  update: "Changed",
};

const SIGNS: Readonly<Record<DiffLine["kind"], string>> = {
  add: "+",
  remove: "−",
  hunk: "",
  same: "",
};

export function FileChanges({ changes }: { changes: readonly FileChange[] }) {
  return (
    <div class="changes">
      {changes.map((change, index) => <Change key={index} change={change} />)}
    </div>
  );
}

function Change({ change }: { change: FileChange }) {
  const lines = diffLines(change);
  const { added, removed } = countChanges(lines);
  const head = (
    <>
      <span class="change-kind">{KIND_WORDS[change.kind] ?? change.kind}</span>
      <code class="path" dir="ltr">{change.path}</code>
      {added > 0 && <span class="added">+{added}</span>}
      {removed > 0 && <span class="removed">−{removed}</span>}
    </>
  );
  if (lines.length === 0) return <p class="change-head">{head}</p>;
  return (
    <Disclosure class="change" summary={head} is_open={lines.length <= OPEN_LINES}>
      {() => (
        <pre class="diff" tabIndex={0} role="group" aria-label={`Diff of ${change.path}`}>
          {lines.map(({ kind, text }, index) => (
            <span key={index} class={`diff-line d-${kind}`}>
              <span class="sign">{SIGNS[kind]}</span>{text}{"\n"}
            </span>
          ))}
        </pre>
      )}
    </Disclosure>
  );
}
