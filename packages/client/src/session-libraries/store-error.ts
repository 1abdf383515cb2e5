import { codeOf } from '../error-code.ts';

/** What says that the service gives no answer for now; all else is a mistake in the set-up or in what is stored. */
const AWAY: ReadonlySet<string> = new Set([
  'TIMEOUT',
  'UNREACHABLE',
  'ABORTED',
  'STORE_UNAVAILABLE',
  'STORE_FULL',
  'TOO_MANY_REQUESTS',
]);

const RETRY_AFTER_S = 5;

/**
 * Why a session could not be read or stored. Libraries hand it to the framework, which answers with `status`: 503 while
 * the service is away, else 500. `cause` is what the service or the network said.
 */
export class SessionStoreError extends Error {
  override readonly name = 'SessionStoreError';
  /** Of `cause`: a code of API v2 or of the client. */
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
  const message = error instanceof Error ? error.message : String(error);
  return new SessionStoreError(codeOf(error) ?? 'INTERNAL', message, error);
}

/** Answers null for a session that has ended or is not there: that is no fault. */
export function nullIfEnded(error: unknown): null {
  const code = codeOf(error);
  if (code === 'SESSION_CLOSED' || code === 'SESSION_NOT_FOUND') return null;
  throw error;
}
