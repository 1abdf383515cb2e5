import { type FrameworkStatus, frameworkStatusOf } from '../transport/framework-status.ts';
import { codeOf } from '../v2/error-code.ts';
import { TooManyRequestsError } from '../v2/errors.ts';

/** Codes after which the service may have carried out the request. */
const UNCLEAR: ReadonlySet<string> = new Set(['TIMEOUT', 'UNREACHABLE', 'ABORTED', 'STORE_UNAVAILABLE', 'INTERNAL']);

/** Advice for the developer of the application, beside the message of the service. */
const HINTS: Readonly<Record<string, string>> = {
  VALUE_TOO_LARGE: 'Store less in the session, or raise the setting SESSIONS_VALUE_LIMIT of the sessions service.',
  BODY_TOO_LARGE: 'Store less in the session, or raise the setting SESSIONS_BODY_LIMIT of the sessions service.',
};

/**
 * A session could not be read or stored. Libraries pass the error to the framework, which responds with `status`: 503
 * while the service is unavailable, else 500. `cause` is the error of the client.
 */
export class SessionStoreError extends Error implements FrameworkStatus {
  override readonly name = 'SessionStoreError';
  /**
   * The code of `cause`: a code of API v2 or of the client. Or a code of the store: `INVALID_USER_ID` for a `user_id`
   * that is neither a string nor a number, `TOO_MANY_SESSIONS` of `all` and `ids`, `SESSION_LIMIT`, `REVISION_CONFLICT`,
   * `SESSION_CLOSED`, `INVALID_RESPONSE`, `FALLBACK_UNAVAILABLE` if the store of the option `fallback` failed.
   */
  readonly code: string;
  /** The status for the application's own response, if no handler catches the error: 503 or 500. */
  readonly status: FrameworkStatus['status'];
  /** The status for Nest, which then shows the message to the user: set for a 503 only, whose message users may see. */
  readonly statusCode: 503 | undefined;
  /** False: frameworks must not show the message to the user. */
  readonly expose: FrameworkStatus['expose'];
  /** Headers for the application's own response: `retry-after` with a 503. */
  readonly headers: FrameworkStatus['headers'];

  constructor(code: string, message: string, cause?: unknown) {
    const wait_ms = cause instanceof TooManyRequestsError ? cause.retry_after_ms : 0;
    const { status, expose, headers } = frameworkStatusOf(code, wait_ms);
    // The message of `cause` may contain the address of the service or of its store.
    const what = code === 'FALLBACK_UNAVAILABLE' ? 'The former session store' : 'The sessions service';
    const text = status === 503 ? `${what} is unavailable (${code}). Try again later.` : message;
    super(text, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
    this.statusCode = status === 503 ? 503 : undefined;
    this.expose = expose;
    this.headers = headers;
  }
}

/** Converts an error of the client. Its message is for the developer, not for the user. */
export function toStoreError(error: unknown): SessionStoreError {
  if (error instanceof SessionStoreError) return error;
  const code = codeOf(error) ?? 'INTERNAL';
  const message = error instanceof Error ? error.message : String(error);
  const hint = HINTS[code];
  return new SessionStoreError(code, hint === undefined ? message : `${message} ${hint}`, error);
}

/** Whether the outcome of a request is unknown. */
export function isUnclear(error: unknown): boolean {
  return UNCLEAR.has(codeOf(error) ?? 'INTERNAL');
}

/** Returns null for a session that has ended or does not exist, which is not a fault; rethrows any other error. */
export function nullIfEnded(error: unknown): null {
  const code = codeOf(error);
  if (code === 'SESSION_CLOSED' || code === 'SESSION_NOT_FOUND') return null;
  throw error;
}
