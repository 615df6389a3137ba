/** Numbers in query strings: digits or a 422; out of bounds is bounded, empty is not given. */
import { z } from "@hono/zod-openapi";

interface Bounds {
  min: number;
  max: number;
  description: string;
}

/** A whole number that a client may leave out. */
export function wholeNumber({ min, max, description }: Bounds) {
  return digits().transform((text) => text ? Math.min(max, Math.max(min, Number(text))) : undefined)
    .openapi({ type: "integer", description: `${description}; bounded to ${min} … ${max}` });
}

/** How many rows a client asks for. */
export function limit({ fallback, max }: { fallback: number; max: number }) {
  return digits().transform((text) => text ? Math.min(max, Math.max(0, Number(text))) : fallback)
    .openapi({
      type: "integer",
      default: fallback,
      description: `most rows to answer with; bounded to 0 … ${max}`,
    });
}

/** A text that narrows a list; empty narrows nothing, as the old front end sends it. */
export function filter(description: string) {
  return z.string().optional().transform((text) => text || undefined)
    .openapi({ type: "string", description });
}

/** Yes or no; empty is neither. */
export function flag(description: string) {
  return z.string().regex(/^(true|false)?$/, "must be true or false").optional()
    .transform((text) => text ? text === "true" : undefined)
    .openapi({ type: "boolean", description });
}

/** One of a closed list that narrows an answer; empty narrows nothing. */
export function oneOf<const Words extends readonly [string, ...string[]]>(
  words: Words,
  description: string,
) {
  return z.union([z.literal(""), z.enum(words)], { error: `must be one of ${words.join(", ")}` })
    .optional().transform((word): Words[number] | undefined => word || undefined)
    .openapi({ type: "string", enum: [...words], description });
}

function digits() {
  return z.string().regex(/^([+-]?\d+)?$/, "must be a whole number").optional();
}
