/**
 * Serves `static/` and the bundle in `static/dist/`, from the disk or from inside the compiled
 * binary. A file is read, hashed and compressed once for each version of it on the disk; browsers
 * ask every time and mostly hear that nothing changed.
 */
import { createHash } from "node:crypto";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { Hono } from "hono";

const ROOT = join(import.meta.dirname ?? ".", "..", "static");

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Names of our own files: no `..`, no hidden file, nothing that a file system reads as more. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/** Below one network packet compression saves nothing. */
const LEAST_COMPRESSED_BYTES = 1_024;

type Encoding = "br" | "gzip";
type Bytes = Uint8Array<ArrayBuffer>;

interface Asset {
  /** Size and time on the disk: another version has others. */
  version: string;
  type: string;
  hash: string;
  bytes: Bytes;
  encoded: Map<Encoding, Promise<Bytes>>;
}

/** Serves the files under `root` at `/static/`. */
export function assets(root = ROOT): Hono {
  const kept = new Map<string, Asset>();
  return new Hono().get("/static/*", async (c, next) => {
    const asset = await readAsset(kept, { root, path: c.req.path.slice("/static/".length) });
    if (!asset) return await next();
    const encoding = isCompressible(asset)
      ? pickEncoding(c.req.header("accept-encoding") ?? "")
      : undefined;
    const etag = `"${asset.hash}${encoding ? `-${encoding}` : ""}"`;
    // Without no-transform Deno compresses small files by itself and makes their tag a weak one.
    const cache_control = "no-cache, no-transform";
    const headers = { etag, "cache-control": cache_control, vary: "accept-encoding" };
    if (matches(c.req.header("if-none-match"), etag)) return c.body(null, 304, headers);
    const bytes = encoding ? await encode(asset, encoding) : asset.bytes;
    return c.body(bytes, 200, {
      ...headers,
      "content-type": asset.type,
      "content-length": String(bytes.length),
      ...(encoding && { "content-encoding": encoding }),
    });
  });
}

async function readAsset(
  kept: Map<string, Asset>,
  { root, path }: { root: string; path: string },
): Promise<Asset | undefined> {
  const names = path.split("/");
  if (!names.every((name) => NAME.test(name))) return undefined;
  const file = join(root, ...names);
  const info = await Deno.stat(file).catch(() => undefined);
  if (!info?.isFile) return undefined;
  const version = `${info.size} ${info.mtime?.getTime()}`;
  const known = kept.get(file);
  if (known?.version === version) return known;
  const bytes = await Deno.readFile(file);
  const asset = {
    version,
    type: TYPES[extname(file)] ?? "application/octet-stream",
    hash: createHash("sha256").update(bytes).digest("base64url").slice(0, 22),
    bytes,
    encoded: new Map(),
  };
  kept.set(file, asset);
  return asset;
}

function isCompressible({ type, bytes }: Asset): boolean {
  return bytes.length >= LEAST_COMPRESSED_BYTES && /^text\/|json$|svg/.test(type);
}

function encode(asset: Asset, encoding: Encoding): Promise<Bytes> {
  let encoded = asset.encoded.get(encoding);
  if (!encoded) asset.encoded.set(encoding, encoded = compress(asset.bytes, encoding));
  return encoded;
}

async function compress(bytes: Bytes, encoding: Encoding): Promise<Bytes> {
  const compressed = encoding === "br"
    ? await promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    })
    : await promisify(gzip)(bytes, { level: 9 });
  return new Uint8Array(compressed);
}

/** The best encoding that the client takes, by `Accept-Encoding` (RFC 9110 §12.5.3). */
function pickEncoding(accepted: string): Encoding | undefined {
  const weights = new Map(
    accepted.toLowerCase().split(",").map((part) => {
      const [name = "", ...parameters] = part.split(";").map((text) => text.trim());
      const weight = parameters.find((text) => text.startsWith("q="));
      return [name, weight === undefined ? 1 : Number(weight.slice(2))];
    }),
  );
  const takes = (name: string) => (weights.get(name) ?? weights.get("*") ?? 0) > 0;
  return takes("br") ? "br" : takes("gzip") ? "gzip" : undefined;
}

/** Whether `If-None-Match` names this version (RFC 9110 §13.1.2: weak comparison). */
function matches(header: string | undefined, etag: string): boolean {
  return header?.split(",").map((text) => text.trim().replace(/^W\//, ""))
    .some((text) => text === "*" || text === etag) ?? false;
}
