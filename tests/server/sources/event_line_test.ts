import assert from "node:assert/strict";
import { parseEventLine } from "../../../server/sources/event_line.ts";
import type { BadReason } from "../../../server/sources/source.ts";
import { BAD_REASONS } from "../../../server/sources/source.ts";

const ORIGIN = { file: "/data/events.ndjson", file_key: "key", ts: 1_700_000_000_000 };

function parse(text: string) {
  const end = 100 + new TextEncoder().encode(text).length + 1;
  return parseEventLine({ offset: 100, end, text, bad: null }, ORIGIN);
}

function reason(text: string): unknown {
  const { payload } = parse(text);
  return payload.type === "bad_line" ? payload.reason : undefined;
}

/** What the old wrapper writes. */
const OLD_LINES = [
  {
    ts: 1700000000001,
    type: "dispatch",
    session: "codexctl",
    agent: "fast",
    pane_id: null,
    window_name: null,
    job_id: "7f8b",
    prompt_text: "do it",
    prompt_hash: "ab",
    prompt_bytes: 5,
    output_path: null,
    output_bytes: null,
    model: null,
    args: ["send", "fast", "do it"],
  },
  {
    ts: 1700000000002,
    type: "controller_output",
    session: "codexctl",
    agent: null,
    pane_id: null,
    window_name: null,
    job_id: "7f8b",
    text: "=== %2 JOB:1 ===",
    stream: "stderr",
  },
  { ts: 1700000000003, type: "pane_output", agent: "fast", pane_id: "%1", text: "hello" },
  { ts: 1700000000004, type: "dispatch_done", job_id: "7f8b", exit_code: 0 },
];

Deno.test("lines of the old wrapper are kept as they are, to the byte", () => {
  for (const old of OLD_LINES) {
    const text = JSON.stringify(old).replaceAll(",", ", ");
    const { payload, payload_text, offset } = parse(text);
    assert.deepEqual(payload, old);
    assert.equal(payload_text, text);
    assert.equal(offset, 100);
  }
});

Deno.test("missing and null fields are filled in where readers rely on them", () => {
  const cases: [string, object][] = [
    ["dispatch", { prompt_text: null, prompt_hash: null, prompt_bytes: null }],
    ["controller_output", { text: "", stream: "stdout" }],
    ["pane_output", { text: "" }],
    ["dispatch_done", { exit_code: null }],
  ];
  for (const [type, filled] of cases) {
    const nulls = Object.fromEntries(Object.keys(filled).map((name) => [name, null]));
    for (const fields of [{}, nulls]) {
      const { payload, payload_text } = parse(JSON.stringify({ ts: 5, type, ...fields }));
      assert.deepEqual(payload, { ts: 5, type, ...filled });
      assert.deepEqual(JSON.parse(payload_text), payload);
    }
  }
});

Deno.test("a line without ts gets that of the line before, a fraction is cut off", () => {
  for (const ts of ["", '"ts":null,']) {
    const { payload, payload_text } = parse(`{${ts}"type":"pane_output","text":"x"}`);
    assert.equal(payload.ts, ORIGIN.ts);
    assert.deepEqual(JSON.parse(payload_text), payload);
  }
  assert.equal(parse('{"ts":12.7,"type":"x"}').payload.ts, 12);
});

Deno.test("a type of the future is kept whole", () => {
  const text = '{"ts":5,"type":"agent_sang","agent":"fast","song":{"verse":[1,2.5,null]}}';
  const { payload, payload_text } = parse(text);
  assert.deepEqual(payload, JSON.parse(text));
  assert.equal(payload_text, text);
  for (const type of ["constructor", "toString", "__proto__", "x".repeat(64)]) {
    assert.equal(parse(JSON.stringify({ ts: 5, type })).payload.type, type);
  }
});

const BAD: Record<string, BadReason> = {
  "": "not_json",
  "{": "not_json",
  "hello": "not_json",
  '{"ts":1,"type":"x"} {}': "not_json",
  "null": "not_an_object",
  "3": "not_an_object",
  '"text"': "not_an_object",
  '[{"ts":1,"type":"x"}]': "not_an_object",
  "{}": "wrong_type",
  '{"ts":1}': "wrong_type",
  '{"ts":1,"type":null}': "wrong_type",
  '{"ts":1,"type":""}': "wrong_type",
  '{"ts":1,"type":7}': "wrong_type",
  '{"ts":"1","type":"x"}': "wrong_type",
  '{"ts":-1,"type":"x"}': "wrong_type",
  '{"ts":1e999,"type":"x"}': "wrong_type",
  '{"ts":1700000000000000,"type":"x"}': "wrong_type",
  '{"ts":true,"type":"x"}': "wrong_type",
  '{"ts":1,"type":"x","agent":7}': "wrong_type",
  '{"ts":1,"type":"x","job_id":{}}': "wrong_type",
  '{"ts":1,"type":"pane_output","text":["a"]}': "wrong_type",
  '{"ts":1,"type":"controller_output","text":"a","stream":"stdin"}': "wrong_type",
  '{"ts":1,"type":"dispatch","prompt_bytes":"5"}': "wrong_type",
  '{"ts":1,"type":"dispatch","prompt_bytes":1.5}': "wrong_type",
  '{"ts":1,"type":"dispatch","args":"send"}': "wrong_type",
  '{"ts":1,"type":"dispatch","args":["send",1]}': "wrong_type",
  '{"ts":1,"type":"dispatch","targets":{"0":"fast"}}': "wrong_type",
  '{"ts":1,"type":"dispatch","jobs":[{"job_id":1,"agent":null,"pane_id":null}]}': "wrong_type",
  '{"ts":1,"type":"dispatch","jobs":["a"]}': "wrong_type",
  '{"ts":1,"type":"dispatch_done","exit_code":"0"}': "wrong_type",
  '{"ts":1,"type":"receipt","receipt":"lost"}': "wrong_type",
  '{"ts":1,"type":"agent_state","agent":"a","status":"idle"}': "wrong_type",
  '{"ts":1,"type":"agent_mapped","agent":"a"}': "wrong_type",
  '{"ts":1,"type":"marker_seen","agent":"","pane_id":"%1","marker":"m","text":""}': "wrong_type",
  '{"ts":1,"type":"x","a":"\\ud800"}': "lone_surrogate",
  '{"ts":1,"type":"x","a":"\\uDC00\\uD800"}': "lone_surrogate",
  '{"ts":1,"type":"x","\\udfff":1}': "lone_surrogate",
  '{"ts":1,"type":"x","a":[{"b":["\\ud83d"]}]}': "lone_surrogate",
};

for (const [text, expected] of Object.entries(BAD)) {
  Deno.test(`${text || "an empty text"} is a bad line: ${expected}`, () => {
    assert.equal(reason(text), expected);
  });
}

Deno.test("escaped pairs and escaped backslashes are no lone surrogates", () => {
  for (const text of ['"\\ud83d\\ude00"', '"\\\\ud800"', '"😀"', '"\\u00e9"']) {
    assert.equal(reason(`{"ts":1,"type":"x","a":${text}}`), undefined);
  }
});

Deno.test("nesting is kept up to 64 levels, and 200,000 overflow nothing", () => {
  const nested = (depth: number, open: string, close: string) =>
    `{"ts":1,"type":"x","a":${open.repeat(depth - 1)}1${close.repeat(depth - 1)}}`;
  for (const [open, close] of [["[", "]"], ['{"b":', "}"]] as const) {
    assert.equal(reason(nested(64, open, close)), undefined);
    assert.equal(reason(nested(65, open, close)), "too_deep");
    assert.equal(reason(nested(20_000, open, close)), "too_deep");
    assert.equal(reason(nested(200_000, open, close)), "too_deep");
  }
});

Deno.test("a __proto__ key reaches no prototype", () => {
  const { payload, payload_text } = parse('{"ts":1,"type":"x","__proto__":{"admin":true}}');
  assert.equal("admin" in Object.assign({}, payload), false);
  assert.equal(({} as Record<string, unknown>)["admin"], undefined);
  assert.equal(payload_text, '{"ts":1,"type":"x"}');
});

Deno.test("a bad line says where it is, how long it is and why", () => {
  const expected = {
    ts: ORIGIN.ts,
    type: "bad_line",
    source: "event_file",
    file: ORIGIN.file,
    file_key: ORIGIN.file_key,
    offset: 100,
    bytes: 7,
  };
  const unparsed = parse("{nope é");
  assert.deepEqual(unparsed.payload, { ...expected, bytes: 8, reason: "not_json" });
  for (const bad of BAD_REASONS) {
    const event = parseEventLine({ offset: 100, end: 108, text: null, bad }, ORIGIN);
    assert.deepEqual(event.payload, { ...expected, reason: bad });
    assert.deepEqual(JSON.parse(event.payload_text), event.payload);
    assert.equal(event.offset, 100);
  }
});
