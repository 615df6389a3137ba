/**
 * Parses one line of the event file. This is where the outside meets our types: what passes has the
 * fields that `EventPayload` promises, everything else becomes a `bad_line` event with its reason.
 *
 * Lines of the old wrapper miss fields or have nulls in their place; they pass, with the values of
 * `DEFAULTS` filled in. Types that this version does not know pass with a checked head.
 */
import { badLine, type LineOrigin } from "./bad_line.ts";
import type { BadReason, Line } from "./source.ts";
import type { EventPayload, NewEvent } from "../wire.ts";
import { AGENT_STATUSES, RECEIPTS, ROLLOUT_TYPES, STATUS_SOURCES, TURN_OUTCOMES } from "../wire.ts";

/** What only Codex's own session files and the server itself may say: figures say what they are. */
const RESERVED_TYPES = [...ROLLOUT_TYPES, "token_estimate"] as const;

/** Nesting beyond this is refused: JSON.stringify and every other recursion would overflow on it. */
const MAX_DEPTH = 64;

/** The end of the year 9999. Beyond it are microseconds, which would sort above everything for ever. */
const MAX_TS = 253_402_300_799_999;

const MAX_TYPE_LENGTH = 64;

/** An escaped half of a surrogate pair; anything else in valid UTF-8 is well-formed. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/**
 * The event of a line, `bad_line` when it cannot be used. Never throws. `payload_text` is the line
 * itself where nothing had to be filled in or left out, else the JSON of `payload`: parsing it always
 * gives `payload` again.
 */
export function parseEventLine(line: Line, origin: LineOrigin): NewEvent {
  const bad = (reason: BadReason) => badLine(line, { ...origin, source: "event_file", reason });
  if (line.text === null) return bad(line.bad ?? "not_json");
  const result = parsePayload(line.text, origin.ts);
  if (typeof result === "string") return bad(result);
  const { payload, changed } = result;
  const payload_text = changed ? JSON.stringify(payload) : line.text;
  return { payload, payload_text, offset: line.offset };
}

type JsonObject = Record<string, unknown>;

const RESERVED: ReadonlySet<unknown> = new Set(RESERVED_TYPES);

function parsePayload(
  text: string,
  fallback_ts: number,
): { payload: EventPayload; changed: boolean } | BadReason {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "not_json";
  }
  if (!isObject(value)) return "not_an_object";
  if (isTooDeep(value, MAX_DEPTH)) return "too_deep";
  if (SURROGATE_ESCAPE.test(text) && !isWellFormed(value)) return "lone_surrogate";
  const changed = complete(value, fallback_ts);
  if (changed === undefined) return "wrong_type";
  if (RESERVED.has(value["type"])) return "reserved_type";
  // `complete` has checked every field of the types we know; a type that we do not know has a checked
  // head and is kept as it is, which the union cannot say.
  return { payload: value as unknown as EventPayload, changed };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether `value` nests deeper than `depth`; goes no deeper itself. */
function isTooDeep(value: object, depth: number): boolean {
  if (depth === 0) return true;
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null && isTooDeep(inner, depth - 1)) return true;
  }
  return false;
}

/** Whether no string and no key holds a lone surrogate. `value` is not too deep. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, inner]) => key.isWellFormed() && isWellFormed(inner));
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";

const isName: Check = (value) => typeof value === "string" && value !== "";

/** Whole numbers only: 1.5 bytes is no size, and the columns for these are integers. */
const isInteger: Check = (value) => Number.isSafeInteger(value);

const oneOf = (words: readonly unknown[]): Check => (value) => words.includes(value);

const orNull = (check: Check): Check => (value) => value === null || check(value);

const maybe = (check: Check): Check => (value) => value === undefined || orNull(check)(value);

const listOf = (check: Check): Check => (value) => Array.isArray(value) && value.every(check);

const objectOf = (checks: Record<string, Check>): Check => {
  const fields = Object.entries(checks);
  return (value) => isObject(value) && fields.every(([name, check]) => check(value[name]));
};

const HEAD: Record<string, Check> = {
  session: maybe(isText),
  agent: maybe(isText),
  pane_id: maybe(isText),
  window_name: maybe(isText),
  job_id: maybe(isText),
};

/** What `EventPayload` says of each type, beyond the head. */
const FIELDS: Record<
  Exclude<EventPayload["type"], typeof RESERVED_TYPES[number]>,
  Record<string, Check>
> = {
  dispatch: {
    dispatch_id: maybe(isText),
    targets: maybe(listOf(isText)),
    jobs: maybe(listOf(objectOf({
      job_id: isName,
      agent: orNull(isText),
      pane_id: orNull(isText),
    }))),
    prompt_text: orNull(isText),
    prompt_hash: orNull(isText),
    prompt_bytes: orNull(isInteger),
    output_path: maybe(isText),
    output_bytes: maybe(isInteger),
    model: maybe(isText),
    args: maybe(listOf(isText)),
    driver: maybe(oneOf(["builtin", "codexctl"])),
  },
  controller_output: {
    dispatch_id: maybe(isText),
    text: isText,
    stream: oneOf(["stdout", "stderr"]),
  },
  pane_output: { text: isText },
  dispatch_done: {
    dispatch_id: maybe(isText),
    exit_code: orNull(isInteger),
    jobs: maybe(listOf(objectOf({
      job_id: isName,
      exit_code: isInteger,
      detail: orNull(isText),
    }))),
  },
  receipt: { receipt: oneOf(RECEIPTS), detail: maybe(isText) },
  agent_state: {
    agent: isName,
    status: oneOf(AGENT_STATUSES),
    status_source: oneOf(STATUS_SOURCES),
    status_detail: orNull(isText),
    status_code: maybe(isText),
    outcome: orNull(oneOf(TURN_OUTCOMES)),
  },
  agent_mapped: {
    agent: isName,
    pane_id: isText,
    window_name: isText,
    session: isText,
    model: maybe(isText),
  },
  marker_seen: { agent: isName, pane_id: isText, marker: isName, text: isText },
  hook: {
    hook: isName,
    thread_id: isName,
    turn_id: orNull(isText),
    sub_agent_id: orNull(isText),
    tool: orNull(isText),
    status: orNull(isText),
    detail: orNull(isText),
    model: orNull(isText),
  },
  bad_line: {
    source: isText,
    file: isText,
    file_key: isText,
    offset: isInteger,
    bytes: isInteger,
    reason: isText,
  },
};

/** What stands in for a field that is missing or null. */
const DEFAULTS: Partial<Record<EventPayload["type"], Record<string, string | null>>> = {
  dispatch: { prompt_text: null, prompt_hash: null, prompt_bytes: null },
  controller_output: { text: "", stream: "stdout" },
  pane_output: { text: "" },
  dispatch_done: { exit_code: null },
  agent_state: { status_detail: null, outcome: null },
  hook: {
    turn_id: null,
    sub_agent_id: null,
    tool: null,
    status: null,
    detail: null,
    model: null,
  },
};

interface Shape {
  checks: [string, Check][];
  defaults: [string, string | null][];
}

const HEAD_ONLY: Shape = { checks: Object.entries(HEAD), defaults: [] };

/** A map: a type is any word that a line holds, `constructor` too. */
const SHAPES = new Map<string, Shape>(
  Object.entries(FIELDS).map(([type, fields]) => [type, {
    checks: Object.entries({ ...HEAD, ...fields }),
    defaults: Object.entries(DEFAULTS[type as EventPayload["type"]] ?? {}),
  }]),
);

/**
 * Makes a line's object an event: fills in what is missing, then checks every field. Returns whether
 * the object was changed; undefined when a field has the wrong type.
 */
function complete(event: JsonObject, fallback_ts: number): boolean | undefined {
  const { type } = event;
  if (typeof type !== "string" || type === "" || type.length > MAX_TYPE_LENGTH) return undefined;
  // An own key of that name would become the prototype of whatever the event is assigned to.
  let changed = Object.hasOwn(event, "__proto__") && delete event["__proto__"];
  const ts = event["ts"] ?? fallback_ts;
  if (typeof ts !== "number" || !(ts >= 0 && ts <= MAX_TS)) return undefined;
  if (event["ts"] !== Math.trunc(ts)) {
    event["ts"] = Math.trunc(ts);
    changed = true;
  }
  const { checks, defaults } = SHAPES.get(type) ?? HEAD_ONLY;
  for (const [name, value] of defaults) {
    if (event[name] === value || (event[name] ?? null) !== null) continue;
    event[name] = value;
    changed = true;
  }
  return checks.every(([name, check]) => check(event[name])) ? changed : undefined;
}
