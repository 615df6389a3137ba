import assert from "node:assert/strict";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { assets } from "../../server/assets.ts";

const CSS = "body { color: red }\n".repeat(200);

/** A `static` folder, with a file beside it that nobody may have. */
class StaticFolder implements Disposable {
  readonly #dir = Deno.makeTempDirSync({ prefix: "codexdash-static-" });
  readonly root = join(this.#dir, "static");
  readonly app = assets(this.root);

  constructor() {
    Deno.mkdirSync(join(this.root, "dist"), { recursive: true });
    Deno.writeTextFileSync(join(this.#dir, "secret.txt"), "secret");
    this.write("app.css", CSS);
    this.write("dist/main.js", "export {};\n");
    this.write(".hidden", "hidden");
  }

  write(name: string, text: string): void {
    Deno.writeTextFileSync(join(this.root, name), text);
  }

  get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> {
    return Promise.resolve(this.app.request(path, { headers, method }));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#dir, { recursive: true });
  }
}

Deno.test("a file comes with its type, its length and a tag, to be asked for again", async () => {
  using folder = new StaticFolder();
  const response = await folder.get("/static/app.css");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/css; charset=utf-8");
  assert.equal(response.headers.get("content-length"), String(CSS.length));
  assert.equal(response.headers.get("cache-control"), "no-cache, no-transform");
  assert.match(response.headers.get("etag") ?? "", /^"[\w-]+"$/);
  assert.equal(await response.text(), CSS);
  const script = await folder.get("/static/dist/main.js");
  assert.equal(script.headers.get("content-type"), "text/javascript; charset=utf-8");
});

Deno.test("a file that the browser has is not sent again, and a changed one is", async () => {
  using folder = new StaticFolder();
  const etag = (await folder.get("/static/app.css")).headers.get("etag") ?? "";
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const response = await folder.get("/static/app.css", { "if-none-match": known });
    assert.equal(response.status, 304, known);
    assert.equal(response.headers.get("etag"), etag);
    assert.equal(await response.text(), "");
  }
  const other = await folder.get("/static/app.css", { "if-none-match": '"other"' });
  assert.equal(other.status, 200);

  folder.write("app.css", "body {}");
  const changed = await folder.get("/static/app.css", { "if-none-match": etag });
  assert.equal(changed.status, 200);
  assert.equal(await changed.text(), "body {}");
});

Deno.test("a file is compressed as the client takes it, under a tag of its own", async () => {
  using folder = new StaticFolder();
  const tags = new Set<string | null>();
  const cases: [string, string | null, (bytes: Uint8Array) => Uint8Array][] = [
    ["gzip, deflate, br", "br", brotliDecompressSync],
    ["gzip", "gzip", gunzipSync],
    ["br;q=0, gzip;q=0.5", "gzip", gunzipSync],
    ["*", "br", brotliDecompressSync],
    ["identity", null, (bytes) => bytes],
    ["gzip;q=0, br;q=0", null, (bytes) => bytes],
  ];
  for (const [accepted, encoding, decode] of cases) {
    const response = await folder.get("/static/app.css", { "accept-encoding": accepted });
    assert.equal(response.headers.get("content-encoding"), encoding, accepted);
    assert.equal(response.headers.get("vary"), "accept-encoding");
    const bytes = new Uint8Array(await response.arrayBuffer());
    assert.equal(response.headers.get("content-length"), String(bytes.length));
    assert.equal(new TextDecoder().decode(decode(bytes)), CSS);
    tags.add(response.headers.get("etag"));
  }
  assert.equal(tags.size, 3);
  const small = await folder.get("/static/dist/main.js", { "accept-encoding": "br" });
  assert.equal(small.headers.get("content-encoding"), null);
});

Deno.test("a tag stays strong on the way through Deno's server", async () => {
  using folder = new StaticFolder();
  folder.write("small.css", "body { color: red }\n".repeat(20));
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, folder.app.fetch);
  try {
    for (const name of ["small.css", "app.css"]) {
      const response = await fetch(`http://127.0.0.1:${server.addr.port}/static/${name}`);
      assert.match(response.headers.get("etag") ?? "", /^"/, name);
      await response.body?.cancel();
    }
  } finally {
    await server.shutdown();
  }
});

Deno.test("HEAD says what GET would send", async () => {
  using folder = new StaticFolder();
  const response = await folder.get("/static/app.css", {}, "HEAD");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-length"), String(CSS.length));
  assert.equal(await response.text(), "");
});

Deno.test("nothing outside the folder, hidden or a folder is served", async () => {
  using folder = new StaticFolder();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, folder.app.fetch);
  try {
    for (
      const path of [
        "/static/../secret.txt",
        "/static/%2e%2e/secret.txt",
        "/static/..%2fsecret.txt",
        "/static/..\\secret.txt",
        "/static/dist/../../secret.txt",
        "/static//etc/passwd",
        "/static/%00",
        "/static/.hidden",
        "/static/dist",
        "/static/dist/",
        "/static/",
        "/static/none.css",
      ]
    ) {
      using connection = await Deno.connect({ port: server.addr.port });
      const request = `GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`;
      await connection.write(new TextEncoder().encode(request));
      const answer = await new Response(connection.readable).text();
      assert.match(answer, /^HTTP\/1.1 40[04] /, path);
      assert.ok(!answer.includes("secret"), path);
    }
  } finally {
    await server.shutdown();
  }
});
