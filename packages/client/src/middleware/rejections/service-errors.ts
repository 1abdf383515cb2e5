import { codeOf } from '../../v2/error-code.ts';
import { TooManyRequestsError } from '../../v2/errors.ts';
import type { Settings } from '../settings.ts';
import { type SessionRejection, sessionsUnavailable } from './rejections.ts';

/** Codes of errors that the application handles. Every other error means that the service is unavailable. */
const HANDLED_BY_APPLICATION: ReadonlySet<string> = new Set([
  'INVALID_DATA',
  'VALUE_TOO_LARGE',
  'SESSION_CLOSED',
  'SESSION_LIMIT',
  'SESSION_NOT_FOUND',
  'TOKEN_UNKNOWN',
  'TOKEN_REPLACED',
]);

/** Returns a 503 with the time to retry. `onFault` gets the error itself. */
export function unavailable({ retry_after_s, onFault }: Settings, error: unknown): SessionRejection {
  onFault(error);
  const wait_s = error instanceof TooManyRequestsError ? Math.ceil(error.retry_after_ms / 1000) : 0;
  return sessionsUnavailable(Math.max(wait_s, retry_after_s), error);
}

/** Calls the service for a handler. A fault rejects with a `SessionRejection`, to which frameworks respond with 503. */
export async function attempt<T>(settings: Settings, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    // A `TypeError` is a mistake in the application's call.
    if (error instanceof TypeError || HANDLED_BY_APPLICATION.has(codeOf(error) ?? '')) throw error;
    throw unavailable(settings, error);
  }
}

/** Rethrows an error, unless the session does not exist: a deleted session counts as ended. */
export function unlessMissing(error: unknown): void {
  if (codeOf(error) !== 'SESSION_NOT_FOUND') throw error;
}
