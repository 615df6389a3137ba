/**
 * What every request and response passes: whose page may speak to this server, how large a body may
 * be, and the headers that keep a page from doing what ours never do. Whoever reaches
 * `POST /api/dispatch` types into a coding agent, so a web page elsewhere must not reach it, neither
 * with a request of its own (Origin) nor with a name that it points at this machine (Host).
 */
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { type Config, isLoopback } from "../config.ts";
import { refuse } from "./errors.ts";

/** A prompt of this size is past what any model reads; without a bound one request fills the memory. */
const MOST_BODY_BYTES = 2 * 1024 * 1024;

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * No inline script or style and nothing from elsewhere: text that an agent printed stays text even
 * where we fail to escape it.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: Record<string, string> = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** Sets the headers of every response that is a document; an upgraded connection has none. */
export const secureHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.res.status === 101) return;
  for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
  if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
};

/**
 * Refuses requests for a host name that is not ours, and everything but plain reads that a page of
 * another site sends.
 */
export function guardOrigin(config: Config): MiddlewareHandler {
  const own = new Set([...LOOPBACK, config.host.includes(":") ? `[${config.host}]` : config.host]);
  const allowed = new Set(config.allowed_hosts.toLowerCase().split(",").map((name) => name.trim()));
  const is_exposed = !isLoopback(config.host);

  // An address, unlike a name, cannot be pointed at this machine by somebody else's DNS.
  const isOurs = ({ hostname }: URL) =>
    own.has(hostname) || allowed.has(hostname) || (is_exposed && isAddress(hostname));

  const isSameSite = (origin: string, host: URL) => {
    const site = URL.parse(origin);
    if (!site || !/^https?:$/.test(site.protocol)) return false;
    return site.host === host.host || allowed.has(site.hostname) ||
      (own.has(site.hostname) && site.port === host.port);
  };

  return async (c, next) => {
    const host = parseHost(c.req.header("host") ?? new URL(c.req.url).host);
    if (!host || !isOurs(host)) {
      return refuse(c, {
        code: "forbidden",
        message: "Cannot serve this host name: allow it with CODEXDASH_ALLOWED_HOSTS",
      });
    }
    const origin = c.req.header("origin");
    if (origin !== undefined && !isPlainRead(c) && !isSameSite(origin, host)) {
      return refuse(c, {
        code: "forbidden",
        message: "Cannot take this from another site's page: open CodexDash itself, or allow the " +
          "site's host name with CODEXDASH_ALLOWED_HOSTS",
      });
    }
    await next();
  };
}

/** Refuses bodies that are no JSON or too large. */
export const guardBody: MiddlewareHandler[] = [
  async (c, next) => {
    const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
    if (c.req.method === "POST" && type !== "application/json") {
      return refuse(c, {
        code: "unsupported_media_type",
        message: "Cannot read the body: send it as application/json",
      });
    }
    await next();
  },
  bodyLimit({
    maxSize: MOST_BODY_BYTES,
    onError: (c) =>
      refuse(c, { code: "too_large", message: "Cannot read the body: it is larger than 2 MiB" }),
  }),
];

function parseHost(host: string): URL | undefined {
  if (!/^[\w.:[\]-]+$/.test(host)) return undefined;
  return URL.parse(`http://${host}`) ?? undefined;
}

function isAddress(hostname: string): boolean {
  return hostname.startsWith("[") || /^\d{1,3}(\.\d{1,3}){3}$/.test(hostname);
}

function isPlainRead(c: Context): boolean {
  return ["GET", "HEAD"].includes(c.req.method) && c.req.header("upgrade") === undefined;
}
