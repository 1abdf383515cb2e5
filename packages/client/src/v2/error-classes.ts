import type { ProblemCode } from '@pip-sessions/contract/v2';
import {
  InvalidDataError,
  NotFoundError,
  type ProblemResponse,
  RevisionConflictError,
  ServiceUnavailableError,
  SessionClosedError,
  SessionLimitError,
  SessionsProblemError,
  TooManyRequestsError,
  UnauthorizedError,
} from './errors.ts';

export type ProblemClass = new (answer: ProblemResponse) => SessionsProblemError;

/** The error class of each code. The base class is for errors that a caller fixes in its code, or cannot fix. */
export const PROBLEM_CLASSES: Readonly<Record<ProblemCode, ProblemClass>> = {
  INVALID_DATA: InvalidDataError,
  INVALID_CONTENT: SessionsProblemError,
  INVALID_REQUEST: SessionsProblemError,
  UNAUTHORIZED: UnauthorizedError,
  FORBIDDEN: UnauthorizedError,
  ACTOR_SESSION: SessionsProblemError,
  NOT_FOUND: NotFoundError,
  SESSION_NOT_FOUND: NotFoundError,
  TOKEN_UNKNOWN: NotFoundError,
  METHOD_NOT_ALLOWED: SessionsProblemError,
  REQUEST_TIMEOUT: SessionsProblemError,
  SESSION_CLOSED: SessionClosedError,
  TOKEN_REPLACED: SessionsProblemError,
  SESSION_LIMIT: SessionLimitError,
  KEY_USED: SessionsProblemError,
  REVISION_CONFLICT: RevisionConflictError,
  BODY_TOO_LARGE: SessionsProblemError,
  VALUE_TOO_LARGE: SessionsProblemError,
  UNSUPPORTED_MEDIA_TYPE: SessionsProblemError,
  TOO_MANY_REQUESTS: TooManyRequestsError,
  HEADERS_TOO_LARGE: SessionsProblemError,
  INTERNAL: SessionsProblemError,
  STORE_UNAVAILABLE: ServiceUnavailableError,
  STORE_FULL: ServiceUnavailableError,
};
