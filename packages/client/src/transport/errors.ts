import { type FrameworkStatus, frameworkStatusOf } from './framework-status.ts';

/**
 * All errors with which a call of API v1 can reject. The service responded with an error (`SessionsServiceError`), or
 * there is no usable response (`SessionsCallError`). Messages name the address and the command. They never contain the
 * id or the data of a session.
 */
export type SessionsError = SessionsServiceError | SessionsCallError;

/** The category of an error of API v1. It selects the exception that Pip.Services clients throw. */
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

/** Categories by status, for responses of a framework or a proxy without a category (WIRE_V1.md, Statuses). */
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

/** The address and the name of a call, for its errors. */
export interface CallTarget {
  /**
   * API v1: the address without its query. API v2: the address of the service only, since the rest may contain an id.
   */
  readonly url: string;
  /** API v1: the command. API v2: method and path, such as `GET /v2/sessions/{id}`. */
  readonly command: string;
}

/**
 * The service responded with an error (API v1). `code` is stable, `message` is for people.
 *
 * @example
 * import { SessionsServiceError } from '@pip-sessions/client';
 *
 * try {
 *   await sessionsV1.storeSessionData(null, id, { cart: [] });
 * } catch (error) {
 *   if (!(error instanceof SessionsServiceError) || error.code !== 'SESSION_CLOSED') throw error;
 *   console.log('The session has ended: sign in again.');
 * }
 */
export class SessionsServiceError extends Error {
  override readonly name = 'SessionsServiceError';
  /** `INVALID_DATA`, `SESSION_CLOSED` and others (WIRE_V1.md, Statuses); `UNKNOWN` if the response has no code. */
  readonly code: string;
  /** An `ErrorCategory`, or a category that a newer service adds. */
  readonly category: ErrorCategory | (string & {});
  /** The status of the HTTP response. */
  readonly status: number;
  /** Further properties of the error; undefined if there are none. */
  readonly details: unknown;
  /** The correlation id of the request; null if it had none. */
  readonly correlation_id: string | null;
  /** The address of the command, without its query. */
  readonly url: string;
  /** The command, such as `open_session`. */
  readonly command: string;

  /** `message` is the unchanged message of the service. */
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

/** The codes of `SessionsCallError`. */
export type CallErrorCode =
  /** No response within `timeout_ms`; the service may have carried out the command. */
  | 'TIMEOUT'
  /** The connection was refused or broke, or a gateway responded that the service is unavailable. */
  | 'UNREACHABLE'
  /** The caller's signal aborted the call; the service may have carried out the command. */
  | 'ABORTED'
  /** The response is not from a sessions service: usually the address is wrong. */
  | 'INVALID_RESPONSE'
  /** The response is larger than `response_bytes_max`. */
  | 'RESPONSE_TOO_LARGE';

/**
 * There is no usable response. `cause` is the error of the platform, if there was one.
 *
 * @example
 * import { SessionsCallError } from '@pip-sessions/client';
 *
 * try {
 *   await sessions.touch(id);
 * } catch (error) {
 *   if (!(error instanceof SessionsCallError)) throw error;
 *   console.log(`The sessions service is unavailable: ${error.code}`);
 * }
 */
export class SessionsCallError extends Error implements FrameworkStatus {
  override readonly name = 'SessionsCallError';
  /** Why there is no usable response. */
  readonly code: CallErrorCode;
  /** API v1: the address without its query. API v2: the address of the service. */
  readonly url: string;
  /** API v1: the command. API v2: method and path, such as `GET /v2/sessions/{id}`. */
  readonly command: string;
  /** The status of the HTTP response; null if there was none. */
  readonly response_status: number | null;
  /** The status for the application's own response, if no handler catches the error: 503 or 500. */
  readonly status: FrameworkStatus['status'];
  /** False: frameworks must not show the message to the user. */
  readonly expose: FrameworkStatus['expose'];
  /** Headers for the application's own response: `retry-after` with a 503. */
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
