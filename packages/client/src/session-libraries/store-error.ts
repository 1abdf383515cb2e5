import { type FrameworkStatus, frameworkStatusOf } from '../transport/framework-status.ts';
import { codeOf } from '../v2/error-code.ts';
import { TooManyRequestsError } from '../v2/errors.ts';

/** After these a request may have been carried out. */
const UNCLEAR: ReadonlySet<string> = new Set(['TIMEOUT', 'UNREACHABLE', 'ABORTED', 'STORE_UNAVAILABLE', 'INTERNAL']);

/** What the developer of the application can do, beside what the service says. */
const HINTS: Readonly<Record<string, string>> = {
  VALUE_TOO_LARGE: 'Keep less in the session, or raise the setting SESSIONS_VALUE_LIMIT of the sessions service.',
  BODY_TOO_LARGE: 'Keep less in the session, or raise the setting SESSIONS_BODY_LIMIT of the sessions service.',
};

/**
 * Why a session could not be read or stored. Libraries hand it to the framework, which answers with `status`: 503 while
 * the service is away, else 500. `cause` is what the service or the network said.
 */
export class SessionStoreError extends Error implements FrameworkStatus {
  override readonly name = 'SessionStoreError';
  /**
   * Of `cause`: a code of API v2 or of the client. Else one of the store itself: `INVALID_USER_ID` for a `user_id` that
   * is no string or number, `TOO_MANY_SESSIONS` of `all` and `ids`, `INVALID_ANSWER`.
   */
  readonly code: string;
  readonly status: FrameworkStatus['status'];
  /** As Nest reads it, which shows the message to the user then: only with a message that is fit for it. */
  readonly statusCode: 503 | undefined;
  readonly expose: FrameworkStatus['expose'];
  readonly headers: FrameworkStatus['headers'];

  constructor(code: string, message: string, cause?: unknown) {
    const wait_ms = cause instanceof TooManyRequestsError ? cause.retry_after_ms : 0;
    const { status, expose, headers } = frameworkStatusOf(code, wait_ms);
    // The message of `cause` may name the address of the service, or of its store.
    const text = status === 503 ? `The sessions service gives no answer for now (${code}). Try again later.` : message;
    super(text, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
    this.statusCode = status === 503 ? 503 : undefined;
    this.expose = expose;
    this.headers = headers;
  }
}

/** An error of the client has the message for the developer, which is not the one for the user. */
export function toStoreError(error: unknown): SessionStoreError {
  if (error instanceof SessionStoreError) return error;
  const code = codeOf(error) ?? 'INTERNAL';
  const message = error instanceof Error ? error.message : String(error);
  const hint = HINTS[code];
  return new SessionStoreError(code, hint === undefined ? message : `${message} ${hint}`, error);
}

/** Whether it is not known what has become of a request. */
export function isUnclear(error: unknown): boolean {
  return UNCLEAR.has(codeOf(error) ?? 'INTERNAL');
}

/** Answers null for a session that has ended or is not there: that is no fault. */
export function nullIfEnded(error: unknown): null {
  const code = codeOf(error);
  if (code === 'SESSION_CLOSED' || code === 'SESSION_NOT_FOUND') return null;
  throw error;
}
