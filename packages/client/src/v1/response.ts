import type { ErrorV1 } from '@pip-sessions/contract/v1';
import { type CallTarget, categoryOf, SessionsServiceError } from '../transport/errors.ts';
import type { FailedResponse, ResponseReader } from '../transport/response.ts';

/** Reads the responses of API v1. `read` converts the JSON, which is null for an empty body. */
export function responseReaderV1<T>(target: CallTarget, read: (json: unknown) => T): ResponseReader<T> {
  return {
    result: (text) => read(text === '' ? null : JSON.parse(text)),
    error: (answer) => errorOf(target, answer),
  };
}

function errorOf(target: CallTarget, { status, text }: FailedResponse): SessionsServiceError | null {
  const body = parseError(text);
  if (body === null) return null;
  const { code, category, message, details, correlation_id } = body;
  return new SessionsServiceError(
    target,
    stringOr(message, `The service responded with status ${status} and no message.`),
    {
      code: stringOr(code, 'UNKNOWN'),
      category: stringOr(category, categoryOf(status)),
      status,
      details,
      correlation_id: stringOr(correlation_id, null),
    },
  );
}

function stringOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === 'string' ? value : otherwise;
}

/** Returns null for text that is not the JSON of an error. */
function parseError(text: string): Partial<Record<keyof ErrorV1, unknown>> | null {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && ('code' in json || 'message' in json) ? json : null;
  } catch {
    return null;
  }
}
