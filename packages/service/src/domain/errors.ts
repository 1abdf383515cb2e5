/**
 * The closed catalogue of error codes. `api/error-codes.ts` maps every code to its HTTP status in one table. The
 * message says what was wrong and what to do.
 */
export type ErrorCode =
  /** A property of the request is missing, or has a wrong type, format or size. */
  | 'INVALID_DATA'
  /** The session has an actor, who may not do this in the name of the user. Nothing was changed. */
  | 'ACTOR_SESSION'
  /** The session has ended. Nothing was changed. */
  | 'SESSION_CLOSED'
  /** There is no session with the id. */
  | 'SESSION_NOT_FOUND'
  /** The token belongs to no session. */
  | 'TOKEN_UNKNOWN'
  /**
   * The token was issued before the user authenticated again. It cannot be exchanged for a token of the new
   * authentication.
   */
  | 'TOKEN_REPLACED'
  /** The user has the maximum number of live sessions, and the limit policy is `deny`. */
  | 'SESSION_LIMIT'
  /**
   * The session of this idempotency key cannot be returned again: its first token was rotated, and the grace period is
   * over.
   */
  | 'KEY_USED'
  /** The session does not have the revision that the caller expects. Nothing was changed. */
  | 'REVISION_CONFLICT'
  /** `user` or `data` would exceed the maximum size. Nothing was changed. */
  | 'VALUE_TOO_LARGE'
  /** A session with this id already exists. Nothing was changed. */
  | 'ID_TAKEN'
  /** The store has reached its maximum number of sessions. */
  | 'STORE_FULL'
  /** The store does not respond, or its queue of writes is full. */
  | 'STORE_UNAVAILABLE'
  /** The store cannot be opened. It is damaged, or a newer version of the service wrote it. */
  | 'STORE_UNUSABLE'
  /** A setting is missing, unknown or has a bad value. */
  | 'INVALID_CONFIG';

/** An error of the service, with a stable code, a message for people, and details. */
export class SessionsError extends Error {
  override readonly name = 'SessionsError';
  /** A stable code for programs. */
  readonly code: ErrorCode;
  /** Further properties of the error; undefined if there are none. */
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, options?: { details?: Record<string, unknown>; cause?: unknown }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options?.details;
  }
}

/** Returns an `INVALID_DATA` error for one property, query parameter or header of a request. */
export function invalidMember(member: string, problem: string): SessionsError {
  return new SessionsError('INVALID_DATA', `${member} ${problem}.`, { details: { members: [member] } });
}

export function idTaken(id: string): SessionsError {
  return new SessionsError('ID_TAKEN', 'A session with this id already exists.', { details: { id } });
}

export function limitReached(max: number): SessionsError {
  return new SessionsError('SESSION_LIMIT', `The user has ${max} live sessions, the maximum. Close one first.`, {
    details: { max },
  });
}
