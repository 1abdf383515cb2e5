import { SessionsCallError } from '../transport/errors.ts';
import { codeOf } from '../v2/error-code.ts';
import { SessionsProblemError, TooManyRequestsError } from '../v2/errors.ts';
import { SessionRefusal, sessionsUnavailable } from './rejections.ts';

const RETRY_AFTER_S = 5;

/** Of a service in the same process, whose errors have no HTTP status. */
const AWAY_IN_PROCESS: ReadonlySet<string> = new Set(['STORE_UNAVAILABLE', 'STORE_FULL']);

/**
 * The refusal to answer an error with that a handler has thrown: the error itself if it is a refusal, and a 503 if the
 * sessions service was away for a call of the client. Null for every other error: the application has to mend it, and
 * its user gets a 500.
 *
 * @example
 * // Nest
 * @Catch()
 * class SessionErrorsFilter extends BaseExceptionFilter {
 *   catch(error, host) {
 *     const refusal = refusalOf(error);
 *     if (refusal) sendRefusal(host.switchToHttp().getResponse(), refusal);
 *     else super.catch(error, host);
 *   }
 * }
 */
export function refusalOf(error: unknown): SessionRefusal | null {
  if (error instanceof SessionRefusal) return error;
  const isOfCall = error instanceof SessionsProblemError || error instanceof SessionsCallError;
  const isAway = isOfCall ? error.status === 503 : AWAY_IN_PROCESS.has(codeOf(error) ?? '');
  if (!isAway) return null;
  const wait_s = error instanceof TooManyRequestsError ? Math.ceil(error.retry_after_ms / 1000) : 0;
  return sessionsUnavailable(Math.max(wait_s, RETRY_AFTER_S), error);
}
