/**
 * The closed catalogue of what can go wrong. Each transport maps every code in one table (`api/error-codes.ts`);
 * the message says what to do about it.
 */
export type ErrorCode =
  /** A member of the request is missing, or of a wrong type or size. */
  | 'INVALID_DATA'
  /** The session has ended; nothing was changed. */
  | 'SESSION_CLOSED'
  /** There is no such session. */
  | 'SESSION_NOT_FOUND'
  /** There is no session of that token. */
  | 'TOKEN_UNKNOWN'
  /** The token is of before the user authenticated again: it gets no token of the renewed session. */
  | 'TOKEN_REPLACED'
  /** The user has as many live sessions as allowed, and the policy is to refuse one more. */
  | 'SESSION_LIMIT'
  /** The opening of that key cannot be answered again: its token was rotated, and its grace is over. */
  | 'KEY_USED'
  /** The session has another revision than the one that the caller knows; nothing was changed. */
  | 'REVISION_CONFLICT'
  /** `user` or `data` would be larger than allowed; nothing was changed. */
  | 'VALUE_TOO_LARGE'
  /** A session of that id is there already; nothing was changed. */
  | 'ID_TAKEN'
  /** A bounded store holds as many sessions as it may. */
  | 'STORE_FULL'
  /** The store does not answer, or too many writes wait for it. */
  | 'STORE_UNAVAILABLE'
  /** The store cannot be opened: it is damaged, or a newer version of the service wrote it. */
  | 'STORE_UNUSABLE'
  /** A setting is missing or wrong. */
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

/** Says which member of a request is wrong, and how. */
export function invalidMember(member: string, problem: string): SessionsError {
  return new SessionsError('INVALID_DATA', `${member} ${problem}.`, { details: { members: [member] } });
}

export function idTaken(id: string): SessionsError {
  return new SessionsError('ID_TAKEN', 'A session of that id is there already.', { details: { id } });
}

export function limitReached(max: number): SessionsError {
  return new SessionsError('SESSION_LIMIT', `The user has ${max} live sessions, as many as allowed; close one first.`, {
    details: { max },
  });
}
