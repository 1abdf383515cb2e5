import { SessionsCallError } from '../../transport/errors.ts';
import { codeOf } from '../../v2/error-code.ts';
import { SessionsProblemError, TooManyRequestsError } from '../../v2/errors.ts';
import { SessionRejection, sessionsUnavailable } from './rejections.ts';

const RETRY_AFTER_S = 5;

/** Codes of a service in the same process, whose errors have no HTTP status. */
const AWAY_IN_PROCESS: ReadonlySet<string> = new Set(['STORE_UNAVAILABLE', 'STORE_FULL']);

/**
 * Returns the rejection with which to respond to an error that a handler threw. It is the error itself if that is a
 * `SessionRejection`, and a 503 if a call of the client failed because the service is unavailable. Returns null for every
 * other error: the application has to fix it, and the user gets a 500.
 *
 * @example
 * import { rejectionOf, sendRejection } from '@pip-sessions/client/express';
 * import type { NextFunction, Request, Response } from 'express';
 *
 * app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
 *   const rejection = rejectionOf(error);
 *   if (rejection) sendRejection(res, rejection, next);
 *   else next(error);
 * });
 */
export function rejectionOf(error: unknown): SessionRejection | null {
  if (error instanceof SessionRejection) return error;
  const isOfCall = error instanceof SessionsProblemError || error instanceof SessionsCallError;
  const isAway = isOfCall ? error.status === 503 : AWAY_IN_PROCESS.has(codeOf(error) ?? '');
  if (!isAway) return null;
  const wait_s = error instanceof TooManyRequestsError ? Math.ceil(error.retry_after_ms / 1000) : 0;
  return sessionsUnavailable(Math.max(wait_s, RETRY_AFTER_S), error);
}
