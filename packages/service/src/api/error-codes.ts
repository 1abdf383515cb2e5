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

/** The status and the title (RFC 9457) of each problem code. */
export const PROBLEMS: Readonly<Record<ProblemCode, { readonly status: number; readonly title: string }>> = {
  INVALID_DATA: { status: 400, title: 'A property of the request is missing or invalid' },
  INVALID_CONTENT: { status: 400, title: 'The body is not valid JSON' },
  INVALID_REQUEST: { status: 400, title: 'The request is not valid HTTP/1.1' },
  UNAUTHORIZED: { status: 401, title: 'A valid API key is required' },
  FORBIDDEN: { status: 403, title: 'The request is not allowed' },
  NOT_FOUND: { status: 404, title: 'There is no such path' },
  SESSION_NOT_FOUND: { status: 404, title: 'There is no such session' },
  TOKEN_UNKNOWN: { status: 404, title: 'There is no session with this token' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'The path does not support this method' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request did not arrive in time' },
  SESSION_CLOSED: { status: 409, title: 'The session has ended' },
  TOKEN_REPLACED: { status: 409, title: 'The token was replaced by a new authentication' },
  SESSION_LIMIT: { status: 409, title: 'The user has the maximum number of live sessions' },
  KEY_USED: { status: 409, title: 'The idempotency key can no longer be used' },
  REVISION_CONFLICT: { status: 412, title: 'The session has another revision than expected' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  VALUE_TOO_LARGE: { status: 413, title: 'user or data is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The media type or encoding of the body is not supported' },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests' },
  HEADERS_TOO_LARGE: { status: 431, title: 'The headers are too large' },
  INTERNAL: { status: 500, title: 'The service failed' },
  STORE_UNAVAILABLE: { status: 503, title: 'The store is unavailable' },
  STORE_FULL: { status: 503, title: 'The store is full' },
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
