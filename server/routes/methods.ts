/** 405: a path that exists, asked with a method that it does not have. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { refuse } from "./errors.ts";

/** Answers every other method of the paths that `app` has so far. Call it after the last route. */
export function refuseOtherMethods(app: OpenAPIHono): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method === "ALL") continue;
    methods.set(path, (methods.get(path) ?? new Set()).add(method));
  }
  for (const [path, known] of methods) {
    const allow = [...known].flatMap((method) => method === "GET" ? ["GET", "HEAD"] : [method]);
    app.all(path, async (c, next) => {
      // A route that passed the request on has nothing there: that is 404.
      if (allow.includes(c.req.method)) return await next();
      return refuse(c, {
        code: "method_not_allowed",
        message: `Cannot ${c.req.method} "${c.req.path}": use ${allow.join(" or ")}`,
        headers: { allow: allow.join(", ") },
      });
    });
  }
}
