/** The end of a transcript that grows: the window stays there while someone is there. */
import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { TranscriptItem } from "../server/wire.ts";

interface End {
  /** For the element behind the last item. */
  end: RefObject<HTMLDivElement | null>;
  /** Items that came while the end was out of sight. */
  unseen: number;
  toEnd(): void;
}

/** `items` as shown, empty until the first are there; nothing moves unless it `follows`. */
export function useEnd(items: readonly TranscriptItem[], follows: boolean): End {
  const end = useRef<HTMLDivElement>(null);
  const is_in_sight = useRef(false);
  const shown_seq = useRef(0);
  const seen_seq = useSignal(0);
  const last_seq = items.at(-1)?.seq ?? 0;
  const has_items = items.length > 0;
  const toEnd = () => end.current?.scrollIntoView({ block: "end" });
  useEffect(() => {
    if (!follows || !has_items || !end.current) return;
    const observer = new IntersectionObserver(([entry]) => {
      is_in_sight.current = entry?.isIntersecting ?? false;
      if (is_in_sight.current) seen_seq.value = shown_seq.current;
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [follows, has_items]);
  useLayoutEffect(() => {
    const is_first = shown_seq.current === 0;
    shown_seq.current = last_seq;
    if (is_first || is_in_sight.current) seen_seq.value = last_seq;
    if (is_in_sight.current) toEnd();
  }, [last_seq]);
  const unseen = items.filter(({ seq }) => seq > seen_seq.value).length;
  return { end, unseen: follows ? unseen : 0, toEnd };
}
