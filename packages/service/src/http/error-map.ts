import type { ErrorCode } from '../domain/errors.ts';

/** What a request can do wrong before it reaches a use case. */
export type RequestErrorCode =
  | 'InvalidContent'
  | 'InvalidRequest'
  | 'BODY_TOO_LARGE'
  | 'UnsupportedMediaType'
  | 'HEADERS_TOO_LARGE'
  | 'REQUEST_TIMEOUT'
  | 'ResourceNotFound'
  | 'MethodNotAllowed'
  | 'INTERNAL';

/** Pip.Services clients choose the class of their exception by it (WIRE_V1.md, Statuses). */
type Category =
  | 'BadRequest'
  | 'NotFound'
  | 'Conflict'
  | 'NoResponse'
  | 'InvalidState'
  | 'Misconfiguration'
  | 'Internal';

interface Mapping {
  readonly status: number;
  readonly category: Category;
}

/** Every code that an answer can carry, and how each API says it. */
export const ERROR_MAP: Readonly<Record<ErrorCode | RequestErrorCode, Mapping>> = {
  INVALID_DATA: { status: 400, category: 'BadRequest' },
  InvalidContent: { status: 400, category: 'BadRequest' },
  InvalidRequest: { status: 400, category: 'BadRequest' },
  ResourceNotFound: { status: 404, category: 'NotFound' },
  MethodNotAllowed: { status: 405, category: 'BadRequest' },
  REQUEST_TIMEOUT: { status: 408, category: 'BadRequest' },
  SESSION_CLOSED: { status: 409, category: 'Conflict' },
  ID_TAKEN: { status: 409, category: 'Conflict' },
  BODY_TOO_LARGE: { status: 413, category: 'BadRequest' },
  UnsupportedMediaType: { status: 415, category: 'BadRequest' },
  HEADERS_TOO_LARGE: { status: 431, category: 'BadRequest' },
  INTERNAL: { status: 500, category: 'Internal' },
  INVALID_CONFIG: { status: 500, category: 'Misconfiguration' },
  STORE_UNUSABLE: { status: 500, category: 'InvalidState' },
  STORE_FULL: { status: 503, category: 'InvalidState' },
  STORE_UNAVAILABLE: { status: 503, category: 'NoResponse' },
};

/** A request that was refused before it reached a use case. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: RequestErrorCode;

  constructor(code: RequestErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
