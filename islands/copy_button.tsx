/** Copies a text, also on a page without the clipboard interface, as plain http on a LAN is. */
import { useSignal } from "@preact/signals";
import { CopyIcon } from "./icons.tsx";
import { hydrated } from "./state.ts";

export function CopyButton({ text, what }: { text: string; what: string }) {
  const answer = useSignal("");
  if (!hydrated.value) return null;
  const copy = async () => {
    answer.value = await copyText(text) ? "Copied" : "Select and copy it by hand";
    setTimeout(() => answer.value = "", 2_000);
  };
  return (
    <button type="button" class="copy" aria-label={`Copy ${what}`} onClick={copy}>
      <CopyIcon />
      <span aria-live="polite">{answer}</span>
    </button>
  );
}

async function copyText(text: string): Promise<boolean> {
  if (isSecureContext) {
    const copied = await navigator.clipboard.writeText(text).then(() => true, () => false);
    if (copied) return true;
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  const focused = document.activeElement as HTMLElement | null;
  field.select();
  // Deprecated, and still the only way on a page that is not secure.
  const copied = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return copied;
}
