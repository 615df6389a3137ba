import assert from "node:assert/strict";
import {
  placeAt,
  readLines,
  samePlace,
  type TailPlace,
} from "../../../server/sources/line_tail.ts";
import type { Line } from "../../../server/sources/source.ts";

const MIB = 1 << 20;

class TailedFile implements Disposable {
  readonly path = Deno.makeTempFileSync();
  readonly #file = Deno.openSync(this.path);
  place = placeAt(0);
  reads = 0;

  constructor(readonly limits = { max_line_bytes: 1_000, max_lines: 100 }) {}

  append(...parts: (string | Uint8Array)[]): this {
    for (const part of parts) {
      const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
      Deno.writeFileSync(this.path, bytes, { append: true });
    }
    return this;
  }

  /** Reads from `place` to the end. */
  read(): Line[] {
    const lines: Line[] = [];
    for (;;) {
      const read = readLines(this.#file, this.place, this.limits);
      assert(read.lines.length <= this.limits.max_lines);
      this.reads++;
      lines.push(...read.lines);
      if (samePlace(read.place, this.place)) return lines;
      this.place = read.place;
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
    Deno.removeSync(this.path);
  }
}

const texts = (lines: Line[]) => lines.map((line) => line.text ?? line.bad);
const spans = (lines: Line[]) => lines.map(({ offset, end }) => [offset, end]);

Deno.test("lines come with the byte offsets of their first byte and of the next line", () => {
  using file = new TailedFile();
  const lines = file.append("one\nzwölf\n三\n").read();
  assert.deepEqual(texts(lines), ["one", "zwölf", "三"]);
  assert.deepEqual(spans(lines), [[0, 4], [4, 11], [11, 15]]);
  assert.deepEqual(file.place, placeAt(15));
});

Deno.test("a torn tail is the end of the file until its newline arrives", () => {
  using file = new TailedFile();
  assert.deepEqual(texts(file.append("one\ntw").read()), ["one"]);
  assert.equal(file.place.offset, 4);
  assert.deepEqual(file.append("o").read(), []);
  assert.deepEqual(spans(file.append("\nthree").read()), [[4, 8]]);
});

Deno.test("a torn tail may end within a character", () => {
  using file = new TailedFile();
  const [first, ...rest] = new TextEncoder().encode("€\n");
  assert.deepEqual(file.append(Uint8Array.of(first!)).read(), []);
  assert.deepEqual(texts(file.append(Uint8Array.from(rest)).read()), ["€"]);
});

Deno.test("CRLF ends a line and empty lines are left out, with offsets unharmed", () => {
  using file = new TailedFile();
  const lines = file.append("one\r\n\r\n\n\ntwo\r\n", "a\rb\n").read();
  assert.deepEqual(texts(lines), ["one", "two", "a\rb"]);
  assert.deepEqual(spans(lines), [[0, 5], [9, 14], [14, 18]]);
});

Deno.test("a byte order mark is tolerated at the start of the file only", () => {
  using file = new TailedFile();
  const lines = file.append("\uFEFFone\n\uFEFFtwo\n").read();
  assert.deepEqual(texts(lines), ["one", "\uFEFFtwo"]);
  assert.deepEqual(spans(lines), [[0, 7], [7, 14]]);
});

Deno.test("one bad line does not harm its neighbours", () => {
  using file = new TailedFile();
  const lines = file.append(
    "one\n",
    Uint8Array.of(0x7b, 0xff, 0x0a),
    "zwei €\n",
    "nul\0byte\n",
    "x".repeat(1_001) + "\n",
    "x".repeat(1_000) + "\n",
  ).read();
  assert.deepEqual(texts(lines), [
    "one",
    "invalid_utf8",
    "zwei €",
    "nul_byte",
    "too_long",
    "x".repeat(1_000),
  ]);
  assert.equal(file.place.offset, Deno.statSync(file.path).size);
});

Deno.test("a NUL byte alone is found, too", () => {
  using file = new TailedFile();
  assert.deepEqual(texts(file.append("one\n\0\ntwo\n").read()), ["one", "nul_byte", "two"]);
});

Deno.test("surrogates and overlong forms in UTF-8 are invalid", () => {
  using file = new TailedFile();
  file.append(Uint8Array.of(0xed, 0xa0, 0x80, 10), Uint8Array.of(0xc0, 0xaf, 10), "ok\n");
  assert.deepEqual(texts(file.read()), ["invalid_utf8", "invalid_utf8", "ok"]);
});

Deno.test("a line at the limit that ends in CRLF is one byte too long", () => {
  using file = new TailedFile();
  const lines = file.append("x".repeat(999) + "\r\n", "x".repeat(1_000) + "\r\n").read();
  assert.deepEqual(texts(lines), ["x".repeat(999), "too_long"]);
});

Deno.test("a line much longer than a chunk is one bad line, whether it grows or is there", () => {
  using grows = new TailedFile();
  using there = new TailedFile();
  grows.append("one\n");
  there.append("one\n");
  for (let part = 0; part < 5; part++) {
    grows.append("x".repeat(MIB - 7));
    there.append("x".repeat(MIB - 7));
    assert.deepEqual(grows.read().filter((line) => line.offset > 0), []);
  }
  const scanned = grows.place.scanned;
  assert.equal(scanned, Deno.statSync(grows.path).size);
  for (const file of [grows, there]) {
    file.append("\ntwo\n");
    const long = file.read().find((line) => line.offset === 4);
    assert.deepEqual(long, { offset: 4, end: scanned + 1, text: null, bad: "too_long" });
    assert.equal(file.place.offset, scanned + 5);
  }
});

Deno.test("an endless line is not read again and again", () => {
  using file = new TailedFile();
  file.append("x".repeat(3 * MIB)).read();
  file.reads = 0;
  file.append("x").read();
  assert(file.reads <= 2, `${file.reads} reads`);
});

Deno.test("a line longer than a chunk is read where the limit allows it", () => {
  using file = new TailedFile({ max_line_bytes: 5 * MIB, max_lines: 100 });
  const long = "ü".repeat(2 * MIB);
  const lines = file.append("one\n", long, "\ntwo\n", "x".repeat(5 * MIB + 1), "\nthree\n").read();
  assert.deepEqual(lines.map((line) => line.text?.length ?? line.bad), [
    3,
    long.length,
    3,
    "too_long",
    5,
  ]);
});

Deno.test("every place is one to go on from", () => {
  const source = new TextEncoder().encode(
    "\uFEFFone\n\nzwölf €\r\nnul\0\n" + "x".repeat(30) + "\nlast\n",
  );
  const limits = { max_line_bytes: 20, max_lines: 2 };
  using whole = new TailedFile(limits);
  const expected = whole.append(source).read();
  for (let cut = 0; cut <= source.length; cut++) {
    using file = new TailedFile(limits);
    const before = file.append(source.subarray(0, cut)).read();
    const restarted: TailPlace = placeAt(file.place.offset);
    file.append(source.subarray(cut));
    if (cut % 2) file.place = restarted;
    assert.deepEqual([...before, ...file.read()], expected);
  }
});
