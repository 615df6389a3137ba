/** A part that is closed until someone opens it: Enter or Space opens and closes, Esc closes. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

interface DisclosureProps {
  class: string;
  summary: ComponentChildren;
  /** Made when it is first opened. */
  children(): ComponentChildren;
  is_open?: boolean;
}

export function Disclosure({ class: class_name, summary, children, is_open }: DisclosureProps) {
  const was_opened = useSignal(is_open ?? false);
  return (
    <details
      class={class_name}
      open={is_open ?? false}
      onToggle={({ currentTarget }) => was_opened.value ||= currentTarget.open}
      onKeyDown={(event) => {
        const details = event.currentTarget;
        if (event.key !== "Escape" || !details.open) return;
        details.open = false;
        details.querySelector("summary")?.focus();
        event.stopPropagation();
        event.preventDefault();
      }}
    >
      <summary>{summary}</summary>
      {was_opened.value && children()}
    </details>
  );
}
