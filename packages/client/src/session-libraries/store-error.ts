import { codeOf } from '../v2/error-code.ts';

/** What says that the service gives no answer for now; all else is a mistake in the set-up or in what is stored. */
const AWAY: ReadonlySet<string> = new Set([
  'TIMEOUT',
  'UNREACHABLE',
  'ABORTED',
  'STORE_UNAVAILABLE',
  'STORE_FULL',
  'TOO_MANY_REQUESTS',
]);

/** After these a request may have been carried out. */
const UNCLEAR: ReadonlySet<string> = new Set(['TIMEOUT', 'UNREACHABLE', 'ABORTED', 'STORE_UNAVAILABLE', 'INTERNAL']);

/** What the developer of the application can do, beside what the service says. */
const HINTS: Readonly<Record<string, string>> = {
  VALUE_TOO_LARGE: 'Keep less in the session, or raise the setting SESSIONS_VALUE_LIMIT of the sessions service.',
  BODY_TOO_LARGE: 'Keep less in the session, or raise the setting SESSIONS_BODY_LIMIT of the sessions service.',
};

const RETRY_AFTER_S = 5;

/**
 * Why a session could not be read or stored. Libraries hand it to the framework, which answers with `status`: 503 while
 * the service is away, else 500. `cause` is what the service or the network said.
 */
export class SessionStoreError extends Error {
  override readonly name = 'SessionStoreError';
  /**
   * Of `cause`: a code of API v2 or of the client. Else one of the store itself: `INVALID_USER_ID` for a `user_id` that
   * is no string or number, `TOO_MANY_SESSIONS` of `all` and `ids`, `INVALID_ANSWER`.
   */
  readonly code: string;
  readonly status: number;
  /** As Fastify reads it. */
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = AWAY.has(code) ? 503 : 500;
    this.statusCode = this.status;
    this.headers = this.status === 503 ? { 'retry-after': `${RETRY_AFTER_S}` } : {};
  }
}

/** An error of the client has the status of the service's answer, which is not the one for the user. */
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
