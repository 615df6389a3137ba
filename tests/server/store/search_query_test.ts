import assert from "node:assert/strict";
import { find, found, marked, storeOf } from "../../support/search.ts";

Deno.test("words mean AND, the last may go on, case and accents do not matter", async () => {
  using test = storeOf("The Café opens early", "the cafe is closed", "a caffeine rush");
  assert.deepEqual(await found(test, "CAFE the"), [
    "[the] [cafe] is closed",
    "[The] [Café] opens early",
  ]);
  assert.deepEqual(await found(test, "the caf"), [
    "[the] [cafe] is closed",
    "[The] [Café] opens early",
  ]);
  assert.deepEqual(await found(test, "caf the"), []);
  assert.deepEqual((await found(test, "caf* the")).length, 2);
  assert.equal((await found(test, "c")).length, 0);
  assert.equal((await found(test, "c*")).length, 3);
});

Deno.test("phrases, OR and absence are understood, also half typed", async () => {
  using test = storeOf("red green blue", "green red", "blue sky", "grey sky");
  assert.deepEqual(await found(test, '"red green"'), ["[red green] blue"]);
  assert.deepEqual(await found(test, '"red gre"*'), ["[red green] blue"]);
  assert.deepEqual(await found(test, '"red green'), ["[red green] blue"]);
  assert.equal((await found(test, "red OR sky")).length, 4);
  assert.deepEqual(await found(test, "sky red OR grey"), ["[grey] [sky]"]);
  assert.deepEqual(await found(test, "sky -blue"), ["grey [sky]"]);
  assert.deepEqual(await found(test, 'green -"red green"'), ["[green] red"]);
  assert.deepEqual(await found(test, "sky NOT blue"), ["grey [sky]"]);
  assert.deepEqual(await found(test, "sky AND blue"), ["[blue] [sky]"]);
  for (const q of ["sky OR", "OR sky", "AND sky", "sky NOT", "sky -", "- sky"]) {
    assert.equal((await found(test, q)).length, 2, q);
  }
});

Deno.test("paths, identifiers and commands are found as they are written", async () => {
  using test = storeOf(
    "see src/foo_bar.ts:12",
    "job-12 and job-123",
    "ran rm -rf ./build",
    "Foo::Bar->baz(x_1)",
    "foo bar",
  );
  assert.deepEqual(await found(test, "src/foo_bar.ts"), ["see [src/foo_bar.ts]:12"]);
  assert.deepEqual(await found(test, "src/foo_b"), ["see [src/foo_bar].ts:12"]);
  assert.deepEqual(await found(test, "job-12"), ["[job-12] and [job-123]"]);
  assert.deepEqual(await found(test, '"job-12"'), ["[job-12] and job-123"]);
  assert.deepEqual(await found(test, '"rm -rf"'), ["ran [rm -rf] ./build"]);
  assert.deepEqual(await found(test, "rm --rf"), ["ran [rm] -[rf] ./build"]);
  assert.deepEqual(await found(test, "Foo::Bar->baz(x_1)"), ["[Foo::Bar->baz(x_1])"]);
});

Deno.test("scripts without spaces are found by any part of a sentence", async () => {
  using test = storeOf(
    "東京都に住んでいます",
    "サーバーを再起動しました API",
    "서버를 다시 시작",
    "京都",
  );
  assert.deepEqual(await found(test, "京都"), ["[京都]", "東[京都]に住んでいます"]);
  assert.deepEqual(await found(test, "再起動"), ["サーバーを[再起動]しました API"]);
  assert.deepEqual(await found(test, "サーバー API"), ["[サーバー]を再起動しました [API]"]);
  assert.deepEqual(await found(test, "버를"), ["서[버를] 다시 시작"]);
});

Deno.test("what a terminal obeys is neither found nor shown", async () => {
  using test = storeOf("\x1b[31mred alert\x1b[0m \x1b]0;secret title\x07 over\u202e \x00nul");
  assert.deepEqual(await found(test, "alert"), ["red [alert] over nul"]);
  for (const q of ["31mred", "secret", "title"]) assert.deepEqual(await found(test, q), [], q);
  assert.deepEqual(await found(test, "red nul"), ["[red] alert over [nul]"]);
});

Deno.test("what nothing can be found by is answered with what to type instead", async () => {
  using test = storeOf("something");
  const cases: [string, RegExp][] = [
    ["", /^Cannot search for nothing: give at least one word$/],
    [" \n\t ", /nothing/],
    ['"', /letter or digit|nothing/],
    ['""', /nothing/],
    ["*", /"\*": it holds no letter or digit; add a word$/],
    ["(", /"\("/],
    ["🙂", /"🙂"/],
    ["\x00", /letter or digit|nothing/],
    ["OR", /nothing/],
    ["NOT", /nothing/],
    ["-something", /only for what is not there \("-something"\): add a word that must be$/],
    ["a OR -b", /OR the absence/],
    ["-b OR a", /OR the absence/],
    ["a OR NOT b", /OR the absence/],
    ["x".repeat(10_240), /10240 characters: give at most 1000$/],
    ["a ".repeat(100), /so many words: give at most 64$/],
  ];
  for (const [q, message] of cases) {
    await assert.rejects(
      () => find(test, q),
      (error: { code?: string; message: string }) =>
        error.code === "bad_query" && message.test(error.message),
      JSON.stringify(q),
    );
  }
});

Deno.test("no query is a syntax error", async () => {
  using test = storeOf('NEAR(one two) col:three "four" ^five {six} + 7*eight -nine; DROP TABLE x');
  const pieces = [
    '"',
    "*",
    "(",
    ")",
    "NEAR(",
    "NEAR(one two, 3)",
    "text:",
    "col:three",
    "^five",
    "{",
  ];
  pieces.push(
    "}",
    "+",
    "-",
    "--",
    ":",
    ";",
    "'",
    "\\",
    "\x00",
    "\x01",
    "\x02",
    "🙂",
    "日本",
    "\u202e",
  );
  pieces.push(
    "OR",
    "AND",
    "NOT",
    "a*b",
    '"a"*',
    "-x",
    '-"',
    "%",
    "_",
    "[",
    "]",
    "\ud800",
    "\u200b",
  );
  for (const first of pieces) {
    for (const second of [...pieces, ""]) {
      for (const q of [`one ${first} ${second}`, `${first}${second} one`, `one${first}${second}`]) {
        try {
          await find(test, q);
        } catch (error) {
          assert.equal((error as { code?: string }).code, "bad_query", `${q}: ${error}`);
        }
      }
    }
  }
  assert.equal((await find(test, "NEAR(one two)")).length, 1);
  assert.equal((await find(test, "col:three")).length, 1);
});

Deno.test("a snippet is short and shows the match, however long the text and its words are", async () => {
  const long = "x".repeat(50_000);
  using test = storeOf(
    `${"before ".repeat(3_000)}needle ${"after ".repeat(500)}`,
    `${long.slice(0, 15_000)} needle ${long.slice(0, 15_000)}`,
    `needle${"🙂".repeat(900)}`,
  );
  const results = await find(test, "needle");
  assert.equal(results.length, 3);
  for (const result of results) {
    const text = marked(result);
    assert.ok(text.includes("[needle]") && text.length < 450, text);
    assert.ok(text.isWellFormed());
  }
});
