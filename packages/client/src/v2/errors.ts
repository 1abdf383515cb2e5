import type { CloseReason, ProblemCode } from '@pip-sessions/contract/v2';
import { type FrameworkStatus, frameworkStatusOf } from '../transport/framework-status.ts';

/** A problem as it was answered, and to what request. */
export type ProblemAnswer = Pick<
  SessionsProblemError,
  'code' | 'response_status' | 'details' | 'correlation_id' | 'method' | 'path'
> & {
  readonly detail: string;
  readonly retry_after_ms: number;
};

/**
 * The service answered with a problem (API v2). `code` is stable, `message` is for people: what went wrong, and what
 * to do about it. Families that callers handle have a subclass each.
 *
 * @example
 * try {
 *   await sessions.patchData(id, { cart }, { if_match: revision });
 * } catch (error) {
 *   if (error instanceof SessionClosedError) return signInAgain(error.reason);
 *   if (error instanceof RevisionConflictError) return readAgain();
 *   throw error;
 * }
 */
export class SessionsProblemError extends Error implements FrameworkStatus {
  override readonly name: string = 'SessionsProblemError';
  /** One of `PROBLEM_CODES`, or one that a newer service adds. */
  readonly code: ProblemCode | (string & {});
  /** The status of the service's HTTP response. */
  readonly response_status: number;
  /** The status for the application's own response, if no handler catches the error: 503 or 500. */
  readonly status: FrameworkStatus['status'];
  readonly expose: FrameworkStatus['expose'];
  readonly headers: FrameworkStatus['headers'];
  readonly details: Readonly<Record<string, unknown>> | null;
  readonly correlation_id: string | null;
  readonly method: string;
  /** As a template: `/v2/sessions/{id}`. */
  readonly path: string;

  constructor(answer: ProblemAnswer) {
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

/** The session has ended; nothing was changed. The user has to sign in again. */
export class SessionClosedError extends SessionsProblemError {
  override readonly name = 'SessionClosedError';
  /** Why it ended; null when the service does not say. */
  readonly reason: CloseReason | (string & {}) | null;

  constructor(answer: ProblemAnswer) {
    super(answer);
    const reason = answer.details?.reason;
    this.reason = typeof reason === 'string' ? reason : null;
  }
}

/** The session is no longer of the revision in `if_match`: somebody else changed it. Read it again, then decide. */
export class RevisionConflictError extends SessionsProblemError {
  override readonly name = 'RevisionConflictError';
}

/** The user has as many sessions as the service allows, and its policy is to refuse a further one. */
export class SessionLimitError extends SessionsProblemError {
  override readonly name = 'SessionLimitError';
}

/** A member of the request is missing, or of a wrong type or size. */
export class InvalidDataError extends SessionsProblemError {
  override readonly name = 'InvalidDataError';
  /** Which ones; empty when the service does not say. */
  readonly members: readonly string[];

  constructor(answer: ProblemAnswer) {
    super(answer);
    const members = answer.details?.members;
    this.members = Array.isArray(members) ? members.filter((member) => typeof member === 'string') : [];
  }
}

/** The key is missing or wrong (401), or its scope does not allow the call (403). */
export class UnauthorizedError extends SessionsProblemError {
  override readonly name = 'UnauthorizedError';
}

/** There is no such session, token or path. */
export class NotFoundError extends SessionsProblemError {
  override readonly name = 'NotFoundError';
}

/** Too many requests, also after the retries. */
export class TooManyRequestsError extends SessionsProblemError {
  override readonly name = 'TooManyRequestsError';
  /** When to come back, from now; 0 when the service does not say. */
  readonly retry_after_ms: number;

  constructor(answer: ProblemAnswer) {
    super(answer);
    this.retry_after_ms = answer.retry_after_ms;
  }
}

/** The service runs and cannot serve for now, also after the retries. */
export class ServiceUnavailableError extends SessionsProblemError {
  override readonly name = 'ServiceUnavailableError';
}
