import { codeOf } from '../v2/error-code.ts';
import { TooManyRequestsError } from '../v2/errors.ts';
import { type SessionRefusal, sessionsUnavailable } from './rejections.ts';
import type { Settings } from './settings.ts';

/** What a service answers that is for the application to handle; all else means that it gives no answer. */
const ANSWERS: ReadonlySet<string> = new Set([
  'INVALID_DATA',
  'VALUE_TOO_LARGE',
  'SESSION_CLOSED',
  'SESSION_LIMIT',
  'SESSION_NOT_FOUND',
  'TOKEN_UNKNOWN',
  'TOKEN_REPLACED',
]);

/** A refusal that says when to come back. `onFault` hears of the error itself. */
export function unavailable({ retry_after_s, onFault }: Settings, error: unknown): SessionRefusal {
  onFault(error);
  const wait_s = error instanceof TooManyRequestsError ? Math.ceil(error.retry_after_ms / 1000) : 0;
  return sessionsUnavailable(Math.max(wait_s, retry_after_s), error);
}

/** Carries out a call for a handler, which hears of a fault as a `SessionRefusal` that frameworks answer with 503. */
export async function attempt<T>(settings: Settings, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    // A `TypeError` is a mistake in the call.
    if (error instanceof TypeError || ANSWERS.has(codeOf(error) ?? '')) throw error;
    throw unavailable(settings, error);
  }
}
