/**
 * Every failure over HTTP, in one shape: `{code, message, detail}`. `detail` is what clients of the
 * old server read: the message again, or for a request that did not validate the list of what is
 * wrong with it. Causes go to the log, never to a client.
 */
import { type Hook, z } from "@hono/zod-openapi";
import type { Context, Env } from "hono";
import { HTTPException } from "hono/http-exception";
import { CodexdashError, errorBody, type ErrorCode, errorText, HTTP_STATUS } from "../error.ts";
import { log } from "../log.ts";

/** Failures that only HTTP has, beside the program's own. */
const TRANSPORT_STATUS = {
  forbidden: 403,
  method_not_allowed: 405,
  too_large: 413,
  unsupported_media_type: 415,
  upgrade_required: 426,
} as const;

type TransportCode = keyof typeof TRANSPORT_STATUS;

const CODES = [
  ...Object.keys(HTTP_STATUS) as ErrorCode[],
  ...Object.keys(TRANSPORT_STATUS) as TransportCode[],
] as const;

export const ErrorSchema = z.object({
  code: z.enum(CODES),
  message: z.string(),
  detail: z.union([
    z.string(),
    z.array(z.object({
      loc: z.array(z.union([z.string(), z.number()])),
      msg: z.string(),
      type: z.string(),
    })),
  ]),
}).openapi("Error");

type ErrorDetail = z.infer<typeof ErrorSchema>["detail"];

/** A failure that a route's document names. */
export function errorResponse(description: string) {
  return { description, content: { "application/json": { schema: ErrorSchema } } };
}

/** Answers with a failure that only HTTP has. */
export function refuse(
  c: Context,
  problem: { code: TransportCode; message: string; headers?: Record<string, string> },
): Response {
  const { code, message, headers = {} } = problem;
  return c.json({ code, message, detail: message }, TRANSPORT_STATUS[code], headers);
}

/** Answers to anything thrown on the way to a response. */
export function answerError(error: unknown, c: Context): Response {
  if (error instanceof HTTPException && error.status < 500) {
    return failure(c, new CodexdashError("invalid", `Cannot read the request: ${error.message}`));
  }
  if (!(error instanceof CodexdashError)) {
    log.error("request failed", { method: c.req.method, path: c.req.path, cause: error });
  } else if (error.cause !== undefined) {
    log.warn("request failed", { path: c.req.path, cause: errorText(error.cause) });
  }
  return failure(c, error);
}

function failure(c: Context, error: unknown): Response {
  const body = errorBody(error);
  return c.json({ ...body, detail: body.message }, HTTP_STATUS[body.code]);
}

/** Answers 422 to a request that does not fit its schema, naming every part that is wrong. */
export const answerInvalid: Hook<unknown, Env, string, unknown> = (result, c) => {
  if (result.success) return;
  const place = result.target === "json" ? "body" : result.target;
  const detail = result.error.issues.map(({ path, message, code }) => ({
    loc: [place, ...path.map((key) => typeof key === "number" ? key : String(key))],
    msg: message,
    type: code,
  })) satisfies ErrorDetail;
  const message = `Cannot use the request: ${
    detail.map(({ loc, msg }) => `${loc.join(".")}: ${msg}`).join("; ")
  }`;
  return c.json({ code: "invalid", message, detail }, 422);
};
