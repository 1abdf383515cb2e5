import { type FrameworkStatus, frameworkStatusOf } from './framework-status.ts';

/**
 * Everything a call of API v1 can reject with. Either the service answered with an error (`SessionsServiceError`), or there
 * is no answer that can be used (`SessionsCallError`). Messages name the address and the command, and never hold a
 * session's id or data.
 */
export type SessionsError = SessionsServiceError | SessionsCallError;

/** What kind of error the service answered; it decides which exception Pip.Services clients throw. */
export type ErrorCategory =
  | 'BadRequest'
  | 'Unauthorized'
  | 'NotFound'
  | 'Conflict'
  | 'Unknown'
  | 'Internal'
  | 'Misconfiguration'
  | 'InvalidState'
  | 'NoResponse'
  | 'FailedInvocation'
  | 'FileError'
  | 'Unsupported';

/** Categories by status, for answers of a framework or a proxy that name none (WIRE_V1.md, Statuses). */
const CATEGORIES: Readonly<Record<number, ErrorCategory>> = {
  401: 'Unauthorized',
  403: 'Unauthorized',
  404: 'NotFound',
  409: 'Conflict',
  502: 'NoResponse',
  503: 'NoResponse',
  504: 'NoResponse',
};

export function categoryOf(status: number): ErrorCategory {
  return CATEGORIES[status] ?? (status >= 400 && status < 500 ? 'BadRequest' : 'Unknown');
}

/** Where a call went. */
export interface CallTarget {
  /** API v1: the address without its query. API v2: that of the service, since the rest of it may name a session. */
  readonly url: string;
  /** API v1: the command. API v2: method and path, like `GET /v2/sessions/{id}`. */
  readonly command: string;
}

/**
 * The service answered with an error. `code` is stable, `message` is for people.
 *
 * @example
 * try {
 *   await sessions.storeSessionData(null, id, cart);
 * } catch (error) {
 *   if (error instanceof SessionsServiceError && error.code === 'SESSION_CLOSED') return signInAgain();
 *   throw error;
 * }
 */
export class SessionsServiceError extends Error {
  override readonly name = 'SessionsServiceError';
  /** `INVALID_DATA`, `SESSION_CLOSED` and others (WIRE_V1.md, Statuses); `UNKNOWN` when the answer names none. */
  readonly code: string;
  /** An `ErrorCategory`, or one that a newer service adds. */
  readonly category: ErrorCategory | (string & {});
  /** The status of the HTTP answer. */
  readonly status: number;
  readonly details: unknown;
  readonly correlation_id: string | null;
  readonly url: string;
  readonly command: string;

  /** `message` is the service's own, unchanged. */
  constructor(
    { url, command }: CallTarget,
    message: string,
    answer: Pick<SessionsServiceError, 'code' | 'category' | 'status' | 'details' | 'correlation_id'>,
  ) {
    super(message);
    this.url = url;
    this.command = command;
    this.code = answer.code;
    this.category = answer.category;
    this.status = answer.status;
    this.details = answer.details;
    this.correlation_id = answer.correlation_id;
  }
}

export type CallErrorCode =
  /** No answer within `timeout_ms`; the command may have been carried out. */
  | 'TIMEOUT'
  /** Refused, reset, or a gateway in between says that the service is away. */
  | 'UNREACHABLE'
  /** The caller's signal gave the call up; the command may have been carried out. */
  | 'ABORTED'
  /** What came is not an answer of a sessions service: usually the address is that of something else. */
  | 'INVALID_ANSWER'
  /** The answer is larger than `answer_bytes_max`. */
  | 'ANSWER_TOO_LARGE';

/** No answer that can be used. `cause` is what the platform reported, where it reported anything. */
export class SessionsCallError extends Error implements FrameworkStatus {
  override readonly name = 'SessionsCallError';
  readonly code: CallErrorCode;
  readonly url: string;
  readonly command: string;
  /** The status of the HTTP response that came; null when there was none. */
  readonly response_status: number | null;
  /** The status for the application's own response, if no handler catches the error: 503 or 500. */
  readonly status: FrameworkStatus['status'];
  readonly expose: FrameworkStatus['expose'];
  readonly headers: FrameworkStatus['headers'];

  constructor(
    code: CallErrorCode,
    { url, command }: CallTarget,
    message: string,
    options: { readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(`${command} at ${url}: ${message}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.url = url;
    this.command = command;
    this.response_status = options.status ?? null;
    const { status, expose, headers } = frameworkStatusOf(code);
    this.status = status;
    this.expose = expose;
    this.headers = headers;
  }
}
