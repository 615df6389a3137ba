/** A scrolling list that stays at its newest entry until someone scrolls away from it. */
import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** Nearer to the end than this counts as reading the newest. */
const FOLLOW_PX = 24;

export interface Follow<Element extends HTMLElement> {
  list: RefObject<Element | null>;
  is_following: Signal<boolean>;
  onScroll(): void;
  toNewest(): void;
}

/** `entries` is what the list shows: when it changes, the list follows. */
export function useFollow<Element extends HTMLElement>(entries: unknown): Follow<Element> {
  const list = useRef<Element>(null);
  const is_following = useSignal(true);
  const toNewest = () => list.current?.scrollTo(0, list.current.scrollHeight);
  useLayoutEffect(() => {
    if (is_following.value) toNewest();
  }, [entries]);
  const onScroll = () => {
    if (!list.current) return;
    const { scrollHeight, scrollTop, clientHeight } = list.current;
    is_following.value = scrollHeight - scrollTop - clientHeight < FOLLOW_PX;
  };
  return { list, is_following, onScroll, toNewest };
}
