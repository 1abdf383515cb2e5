import type { ProblemCode } from '@pip-sessions/contract/v2';
import type { ErrorCode } from '../domain/errors.ts';

/** The error codes of requests that are rejected before they reach a use case. */
export type RequestErrorCode =
  | 'InvalidContent'
  | 'InvalidRequest'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'BODY_TOO_LARGE'
  | 'UnsupportedMediaType'
  | 'TOO_MANY_REQUESTS'
  | 'HEADERS_TOO_LARGE'
  | 'REQUEST_TIMEOUT'
  | 'ResourceNotFound'
  | 'MethodNotAllowed'
  | 'INTERNAL';

/** Pip.Services clients choose the class of their exception by the category (WIRE_V1.md, Statuses). */
type Category =
  | 'BadRequest'
  | 'Unauthorized'
  | 'NotFound'
  | 'Conflict'
  | 'NoResponse'
  | 'InvalidState'
  | 'Misconfiguration'
  | 'Internal';

interface Mapping {
  readonly status: number;
  readonly category: Category;
  /** The code in API v2. API v1 sends the key of this table: the codes of its former framework. */
  readonly problem: ProblemCode;
}

/** Every error code of the service, with its status, its category in API v1 and its code in API v2. */
export const ERROR_MAP: Readonly<Record<ErrorCode | RequestErrorCode, Mapping>> = {
  INVALID_DATA: { status: 400, category: 'BadRequest', problem: 'INVALID_DATA' },
  InvalidContent: { status: 400, category: 'BadRequest', problem: 'INVALID_CONTENT' },
  InvalidRequest: { status: 400, category: 'BadRequest', problem: 'INVALID_REQUEST' },
  UNAUTHORIZED: { status: 401, category: 'Unauthorized', problem: 'UNAUTHORIZED' },
  FORBIDDEN: { status: 403, category: 'Unauthorized', problem: 'FORBIDDEN' },
  ACTOR_SESSION: { status: 403, category: 'Unauthorized', problem: 'ACTOR_SESSION' },
  ResourceNotFound: { status: 404, category: 'NotFound', problem: 'NOT_FOUND' },
  SESSION_NOT_FOUND: { status: 404, category: 'NotFound', problem: 'SESSION_NOT_FOUND' },
  TOKEN_UNKNOWN: { status: 404, category: 'NotFound', problem: 'TOKEN_UNKNOWN' },
  MethodNotAllowed: { status: 405, category: 'BadRequest', problem: 'METHOD_NOT_ALLOWED' },
  REQUEST_TIMEOUT: { status: 408, category: 'BadRequest', problem: 'REQUEST_TIMEOUT' },
  SESSION_CLOSED: { status: 409, category: 'Conflict', problem: 'SESSION_CLOSED' },
  TOKEN_REPLACED: { status: 409, category: 'Conflict', problem: 'TOKEN_REPLACED' },
  SESSION_LIMIT: { status: 409, category: 'Conflict', problem: 'SESSION_LIMIT' },
  KEY_USED: { status: 409, category: 'Conflict', problem: 'KEY_USED' },
  ID_TAKEN: { status: 409, category: 'Conflict', problem: 'INTERNAL' },
  REVISION_CONFLICT: { status: 412, category: 'Conflict', problem: 'REVISION_CONFLICT' },
  BODY_TOO_LARGE: { status: 413, category: 'BadRequest', problem: 'BODY_TOO_LARGE' },
  VALUE_TOO_LARGE: { status: 413, category: 'BadRequest', problem: 'VALUE_TOO_LARGE' },
  UnsupportedMediaType: { status: 415, category: 'BadRequest', problem: 'UNSUPPORTED_MEDIA_TYPE' },
  TOO_MANY_REQUESTS: { status: 429, category: 'BadRequest', problem: 'TOO_MANY_REQUESTS' },
  HEADERS_TOO_LARGE: { status: 431, category: 'BadRequest', problem: 'HEADERS_TOO_LARGE' },
  INTERNAL: { status: 500, category: 'Internal', problem: 'INTERNAL' },
  INVALID_CONFIG: { status: 500, category: 'Misconfiguration', problem: 'INTERNAL' },
  STORE_UNUSABLE: { status: 500, category: 'InvalidState', problem: 'INTERNAL' },
  STORE_FULL: { status: 503, category: 'InvalidState', problem: 'STORE_FULL' },
  STORE_UNAVAILABLE: { status: 503, category: 'NoResponse', problem: 'STORE_UNAVAILABLE' },
};

/** A problem as it is documented (docs/errors.md). */
interface DocumentedProblem {
  readonly status: number;
  /** The title of RFC 9457: the kind of problem. */
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
}

/** Each problem code with its status, its title, its cause and what the caller can do. */
export const PROBLEMS: Readonly<Record<ProblemCode, DocumentedProblem>> = {
  INVALID_DATA: {
    status: 400,
    title: 'A property of the request is missing or invalid',
    cause: 'A property, query parameter or header is missing, unknown or invalid. `details.members` names it.',
    remedy: 'Correct the request.',
  },
  INVALID_CONTENT: {
    status: 400,
    title: 'The body is not valid JSON',
    cause: 'The body is not JSON, is not UTF-8, is nested more than 200 levels deep, or is missing.',
    remedy: 'Send one JSON value.',
  },
  INVALID_REQUEST: {
    status: 400,
    title: 'The request is not valid HTTP/1.1',
    cause: 'The bytes that arrived are not an HTTP/1.1 request, or the connection needs TLS.',
    remedy: 'Check the address, the protocol and the proxy between caller and service.',
  },
  UNAUTHORIZED: {
    status: 401,
    title: 'A valid API key is required',
    cause: 'The header `Authorization` is missing, or its API key is unknown or has expired.',
    remedy: 'Send `Authorization: Bearer <key>` with a key from `SESSIONS_API_KEYS`.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'The request is not allowed',
    cause: 'The scope of the key is too small. Without keys, the origin or the host of the request is not allowed.',
    remedy: 'Use a key with a larger scope. Without keys, set `SESSIONS_CORS_ORIGINS` or `SESSIONS_ALLOWED_HOSTS`.',
  },
  ACTOR_SESSION: {
    status: 403,
    title: 'An actor may not do this in the name of the user',
    cause: 'The session of the token has an actor. The actor may not list or close the sessions of the user.',
    remedy: 'Let the user do it, with a session without an actor.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'There is no such path',
    cause: 'The service has no such path. Paths of the API are case-sensitive and have no slash at the end.',
    remedy: 'Correct the path.',
  },
  SESSION_NOT_FOUND: {
    status: 404,
    title: 'There is no such session',
    cause: 'No session has this id: it never existed, was deleted, or its retention period is over.',
    remedy: 'Treat the user as signed out.',
  },
  TOKEN_UNKNOWN: {
    status: 404,
    title: 'There is no session with this token',
    cause: 'No session has this token: it is incomplete or invented, or its session was deleted.',
    remedy: 'Delete the cookie, and let the user sign in.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The path does not support this method',
    cause: 'The path exists, but not with this method. The header `Allow` lists the methods.',
    remedy: 'Use a method from `Allow`.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request did not arrive in time',
    cause: 'The head of the request took longer than 10 seconds, or the whole request longer than 30.',
    remedy: 'Send the request again. Look for a slow network or proxy.',
  },
  SESSION_CLOSED: {
    status: 409,
    title: 'The session has ended',
    cause: 'The session was closed or has passed a deadline. `details.reason` says why. Nothing was changed.',
    remedy: 'Let the user sign in again.',
  },
  TOKEN_REPLACED: {
    status: 409,
    title: 'The token was replaced by a new authentication',
    cause: 'The user has authenticated again since this token was issued, so it cannot be rotated any more.',
    remedy: 'Use the token of the new authentication, or let the user sign in again.',
  },
  SESSION_LIMIT: {
    status: 409,
    title: 'The user has the maximum number of live sessions',
    cause: 'The user has `SESSIONS_MAX_PER_USER` live sessions, and `SESSIONS_LIMIT_POLICY` is `deny`.',
    remedy: 'Close another session of the user, or ask the user which one to close.',
  },
  KEY_USED: {
    status: 409,
    title: 'The idempotency key can no longer be used',
    cause:
      'The session that this idempotency key opened has rotated its first token, and the grace period is over. Or the session has another `actor` than the request.',
    remedy: 'Open a session with a new key.',
  },
  REVISION_CONFLICT: {
    status: 412,
    title: 'The session has another revision than expected',
    cause: 'Another request has changed the session since the revision in `If-Match`. Nothing was changed.',
    remedy: 'Read the session again, and repeat the change with its new revision.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    cause: 'The body is larger than `SESSIONS_BODY_LIMIT`, or than any valid body of the operation.',
    remedy: 'Send less.',
  },
  VALUE_TOO_LARGE: {
    status: 413,
    title: 'user or data is too large',
    cause: '`user` or `data` would be larger than `SESSIONS_VALUE_LIMIT`. Nothing was changed.',
    remedy: 'Store large values elsewhere, and their key in the session.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The media type or encoding of the body is not supported',
    cause: '`Content-Type` is not JSON, or the body is compressed.',
    remedy: 'Send `Content-Type: application/json`, without `Content-Encoding`.',
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    title: 'Too many requests',
    cause:
      'The address sent more than 10 wrong API keys in a minute, or too many unfinished bodies. Or the caller has too many change streams.',
    remedy: 'Wait for the seconds in `Retry-After`. Check the API key.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'The headers are too large',
    cause: 'The request line and the headers are larger than 16 KiB.',
    remedy: 'Send fewer or shorter headers, usually cookies that the service does not need.',
  },
  INTERNAL: {
    status: 500,
    title: 'The service failed',
    cause:
      'The service has a defect, or it cannot use its settings or its store. The log of the service has the cause.',
    remedy: 'Look up the `correlation_id` in the log of the service.',
  },
  STORE_UNAVAILABLE: {
    status: 503,
    title: 'The store is unavailable',
    cause: 'The store does not respond in time, too many writes wait for it, or the clock of the node is wrong.',
    remedy: 'Retry after the seconds in `Retry-After`. Do not treat the user as signed out.',
  },
  STORE_FULL: {
    status: 503,
    title: 'The store is full',
    cause: 'A store with a maximum number of sessions has reached it: `memory:` and its `sessions_max`.',
    remedy: 'Raise the maximum, or use another store. Retry after the seconds in `Retry-After`.',
  },
};

/** A request that was rejected before it reached a use case. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: RequestErrorCode;
  /** Additional headers of the response, in lower case. */
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(code: RequestErrorCode, message: string, headers?: Readonly<Record<string, string>>) {
    super(message);
    this.code = code;
    this.headers = headers;
  }
}

export function bodyTooLarge(bytes_max: number): RequestError {
  return new RequestError('BODY_TOO_LARGE', `The body is larger than ${bytes_max} bytes, the maximum.`);
}
