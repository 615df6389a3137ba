/**
 * The one error that people see. Everything else that is thrown is a defect of ours: its cause goes
 * to the log, and the person reads "Internal error".
 */

/** The closed list of error codes; `HTTP_STATUS` says what each is over HTTP. */
export type ErrorCode =
  | "invalid"
  | "bad_query"
  | "not_found"
  | "conflict"
  | "refused"
  | "unavailable"
  | "internal";

export const HTTP_STATUS: Record<ErrorCode, 422 | 404 | 409 | 503 | 500> = {
  invalid: 422,
  bad_query: 422,
  not_found: 404,
  conflict: 409,
  refused: 409,
  unavailable: 503,
  internal: 500,
};

/** An error whose message is written for a person: it names the thing and the remedy. */
export class CodexdashError extends Error {
  override readonly name = "CodexdashError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** `{code, message}` for a person: a foreign error is "internal" and keeps its cause to the log. */
export function errorBody(error: unknown): { code: ErrorCode; message: string } {
  return error instanceof CodexdashError
    ? { code: error.code, message: error.message }
    : { code: "internal", message: "Internal error: the cause is in the server's log" };
}

/** The text of anything thrown, for logs. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
