/** Ids as Codex makes them, and choices that one seed decides. */

/** A version 7 UUID: `now` in milliseconds first, so ids sort by their time. */
export function uuid7(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let rest = now;
  for (let index = 5; index >= 0; index--) {
    bytes[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = 0x70 | (bytes[6] ?? 0) & 0x0f;
  bytes[8] = 0x80 | (bytes[8] ?? 0) & 0x3f;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20]].map(([from, to]) => hex.slice(from, to))
    .join("-");
}

/** A number from 0 to 2³²-1 that `text` alone decides (FNV-1a). */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}

/** The item of a non-empty list that `key` decides. */
export function choose<T>(items: readonly T[], key: string): T {
  const item = items[hash(key) % items.length];
  if (item === undefined) throw new RangeError("Cannot choose from an empty list");
  return item;
}
