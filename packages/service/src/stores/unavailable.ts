import { SessionsError } from '../domain/errors.ts';

export function unavailable(reason: string, cause?: unknown): SessionsError {
  return new SessionsError('STORE_UNAVAILABLE', `The session store does not answer: ${reason}.`, { cause });
}
