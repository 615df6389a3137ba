import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { Markdown } from "../../islands/markdown.tsx";

function render(text: string): string {
  const html = renderToString(<Markdown text={text} />);
  return html.replace(/^<div class="markdown[^>]*>/, "").replace(/<\/div>$/, "");
}

Deno.test("what answers are made of becomes elements", () => {
  assert.equal(
    render("# Head\n\none **two** *three* `four <b>` ~~five~~\nsix"),
    '<p class="md-heading md-h1">Head</p>' +
      "<p>one <strong>two</strong> <em>three</em> <code>four &lt;b></code> <del>five</del>\nsix</p>",
  );
  assert.equal(render("```ts\na < b\n```"), '<pre tabindex="0"><code>a &lt; b</code></pre>');
  assert.equal(render("> said"), "<blockquote><p>said</p></blockquote>");
  assert.equal(render("3. c\n4. d"), '<ol start="3"><li>c</li><li>d</li></ol>');
  assert.match(render("- [x] a\n- [ ] b"), /class="check done".*done: .*a<\/li>.*to do: .*b<\/li>/);
  assert.match(
    render("| a | b |\n|---|--:|\n| 1 | 2 |"),
    /<th scope="col">a<\/th><th scope="col" class="right">b<\/th>.*<td>1<\/td>/,
  );
  assert.equal(
    render("a &lt;b&gt; &amp; &#8364; &#x20AC; &bogus;"),
    "<p>a &lt;b> &amp; € € &amp;bogus;</p>",
  );
});

Deno.test("HTML stays text, wherever it stands", () => {
  for (
    const text of [
      "<img src=x onerror=alert(1)>",
      "a <script>alert(1)</script> b",
      "| a |\n|---|\n| <iframe src=//evil.example> |",
      "- <b onclick=x>y</b>",
      "> <svg/onload=alert(1)>",
      "# <style>*{}</style>",
      "**<a href=javascript:x>y</a>**",
      "`<script>x</script>`",
      "<!-- <p> -->",
      "&lt;script&gt;alert(1)&lt;/script&gt;",
    ]
  ) {
    const html = render(text);
    assert.doesNotMatch(html, /<(img|script|iframe|b |svg|style|a |!--)/, `${text} → ${html}`);
  }
});

Deno.test("links lead to the web only, and images are links", () => {
  const link = (href: string, text: string) =>
    `<p><a href="${href}" target="_blank" rel="noopener noreferrer nofollow">${text}</a></p>`;
  assert.equal(render("[a](https://example.com/x)"), link("https://example.com/x", "a"));
  assert.equal(render("http://example.com/"), link("http://example.com/", "http://example.com/"));
  assert.equal(
    render("![a cat](https://evil.example/x.png)"),
    link("https://evil.example/x.png", "a cat"),
  );
  for (
    const href of [
      "javascript:alert(1)",
      "JaVaScRiPt:alert(1)",
      "&#106;avascript:alert(1)",
      "data:text/html,x",
      "file:///etc/passwd",
      "//evil.example",
      "/api/jobs",
      "vbscript:x",
      "java\tscript:alert(1)",
    ]
  ) {
    for (const text of [`[a](<${href}>)`, `![a](<${href}>)`, `[a]\n\n[a]: ${href}`]) {
      assert.doesNotMatch(render(text), /href/, text);
    }
  }
});

Deno.test("text that would keep a lexer busy, or fill its stack, is shown as it is", () => {
  for (const text of ["**a_".repeat(10_000), "x\n\n" + "_a".repeat(9_000), ">".repeat(20_000)]) {
    assert.equal(render(text), text);
  }
  assert.equal(render("*x* ".repeat(20_000)), "*x* ".repeat(20_000));
  assert.match(render(`${"> ".repeat(40)}deep`), /^(<blockquote>)+.*deep/);
});
