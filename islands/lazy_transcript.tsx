/** A transcript whose code comes when a page first shows one: Markdown and diffs are not small. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { CodexTranscriptProps } from "./codex_transcript.tsx";

type Module = typeof import("./codex_transcript.tsx");

export function LazyTranscript(props: CodexTranscriptProps) {
  const module = useSignal<Module | null>(null);
  const has_failed = useSignal(false);
  useEffect(() => {
    import("./codex_transcript.tsx").then((loaded) => module.value = loaded)
      .catch(() => has_failed.value = true);
  }, []);
  if (module.value) {
    const { CodexTranscript } = module.value;
    return <CodexTranscript {...props} />;
  }
  if (has_failed.value) {
    return (
      <div class="nothing" role="alert">
        <p>The server did not answer.</p>
        <button type="button" class="button" onClick={() => location.reload()}>Load again</button>
      </div>
    );
  }
  return (
    <>
      <p class="empty" role="status">Loading the transcript…</p>
      <noscript>
        <p class="empty">
          Without scripts it can be read as data: <a href={props.path}>{props.path}</a>
        </p>
      </noscript>
    </>
  );
}
