import { SessionsError } from '../../domain/errors.ts';

/** Reads may go on. */
export function cannotWrite(reason: string): SessionsError {
  return new SessionsError('STORE_UNAVAILABLE', `The session store cannot be written to: ${reason}.`);
}

export function unavailable(reason: string, cause?: unknown): SessionsError {
  return new SessionsError('STORE_UNAVAILABLE', `The session store does not answer: ${reason}.`, { cause });
}
