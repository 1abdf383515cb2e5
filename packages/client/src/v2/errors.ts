import type { CloseReason, ProblemCode } from '@pip-sessions/contract/v2';
import { type FrameworkStatus, frameworkStatusOf } from '../transport/framework-status.ts';

/** An error response of API v2, and the request that caused it. */
export type ProblemResponse = Pick<
  SessionsProblemError,
  'code' | 'response_status' | 'details' | 'correlation_id' | 'method' | 'path'
> & {
  /** The message: what went wrong, and what to do about it. */
  readonly detail: string;
  /** When the service allows another request, in milliseconds from now; 0 if it does not say. */
  readonly retry_after_ms: number;
};

/**
 * The service responded with an error (API v2). `code` is stable. `message` is for people: what went wrong, and what to
 * do about it. Errors that callers handle have a subclass each.
 *
 * @example
 * import { RevisionConflictError, SessionClosedError } from '@pip-sessions/client';
 *
 * try {
 *   await sessions.patchData(session.id, { cart: [] }, { if_match: session.revision });
 * } catch (error) {
 *   if (error instanceof SessionClosedError) console.log(`Sign in again: ${error.reason}`);
 *   else if (error instanceof RevisionConflictError) console.log('Read the session again.');
 *   else throw error;
 * }
 */
export class SessionsProblemError extends Error implements FrameworkStatus {
  /** The name of the class. */
  override readonly name: string = 'SessionsProblemError';
  /** One of `PROBLEM_CODES`, or a code that a newer service adds. */
  readonly code: ProblemCode | (string & {});
  /** The status of the service's HTTP response. */
  readonly response_status: number;
  /** The status for the application's own response, if no handler catches the error: 503 or 500. */
  readonly status: FrameworkStatus['status'];
  /** False: frameworks must not show the message to the user. */
  readonly expose: FrameworkStatus['expose'];
  /** Headers for the application's own response: `retry-after` with a 503. */
  readonly headers: FrameworkStatus['headers'];
  /** Further properties, such as `reason` and `members`; null if there are none. */
  readonly details: Readonly<Record<string, unknown>> | null;
  /** The correlation id of the request; null if it had none. */
  readonly correlation_id: string | null;
  /** The HTTP method of the request. */
  readonly method: string;
  /** The path of the request as a template: `/v2/sessions/{id}`. */
  readonly path: string;

  constructor(answer: ProblemResponse) {
    super(answer.detail);
    this.code = answer.code;
    this.response_status = answer.response_status;
    const { status, expose, headers } = frameworkStatusOf(answer.code, answer.retry_after_ms);
    this.status = status;
    this.expose = expose;
    this.headers = headers;
    this.details = answer.details;
    this.correlation_id = answer.correlation_id;
    this.method = answer.method;
    this.path = answer.path;
  }
}

/** The session has ended, and nothing was changed (code `SESSION_CLOSED`). The user has to sign in again. */
export class SessionClosedError extends SessionsProblemError {
  override readonly name = 'SessionClosedError';
  /** Why the session ended; null if the service does not say. */
  readonly reason: CloseReason | (string & {}) | null;

  constructor(answer: ProblemResponse) {
    super(answer);
    const reason = answer.details?.reason;
    this.reason = typeof reason === 'string' ? reason : null;
  }
}

/**
 * The session no longer has the revision in `if_match`, because another request changed it (code `REVISION_CONFLICT`).
 * Read the session again, then decide.
 */
export class RevisionConflictError extends SessionsProblemError {
  override readonly name = 'RevisionConflictError';
}

/** The user has as many sessions as the service allows, and the service does not evict (code `SESSION_LIMIT`). */
export class SessionLimitError extends SessionsProblemError {
  override readonly name = 'SessionLimitError';
}

/** A property of the request is missing, or has a wrong type or size (code `INVALID_DATA`). */
export class InvalidDataError extends SessionsProblemError {
  override readonly name = 'InvalidDataError';
  /** The names of these properties; empty if the service does not say. */
  readonly members: readonly string[];

  constructor(answer: ProblemResponse) {
    super(answer);
    const members = answer.details?.members;
    this.members = Array.isArray(members) ? members.filter((member) => typeof member === 'string') : [];
  }
}

/**
 * The API key is missing, wrong or expired (code `UNAUTHORIZED`, 401), or its scope does not allow the call (code
 * `FORBIDDEN`, 403).
 */
export class UnauthorizedError extends SessionsProblemError {
  override readonly name = 'UnauthorizedError';
}

/** The session, the token or the path does not exist (code `SESSION_NOT_FOUND`, `TOKEN_UNKNOWN` or `NOT_FOUND`). */
export class NotFoundError extends SessionsProblemError {
  override readonly name = 'NotFoundError';
}

/** The service rejected too many requests, also after the retries (code `TOO_MANY_REQUESTS`). */
export class TooManyRequestsError extends SessionsProblemError {
  override readonly name = 'TooManyRequestsError';
  /** When the service allows another request, in milliseconds from now; 0 if it does not say. */
  readonly retry_after_ms: number;

  constructor(answer: ProblemResponse) {
    super(answer);
    this.retry_after_ms = answer.retry_after_ms;
  }
}

/** The service runs but cannot serve requests, also after the retries (code `STORE_UNAVAILABLE` or `STORE_FULL`). */
export class ServiceUnavailableError extends SessionsProblemError {
  override readonly name = 'ServiceUnavailableError';
}
