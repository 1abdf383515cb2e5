import { SessionsError } from '../../domain/errors.ts';

/** No write is possible; reads may still work. */
export function cannotWrite(reason: string): SessionsError {
  return new SessionsError('STORE_UNAVAILABLE', `The session store cannot be written to: ${reason}.`);
}

export function unavailable(reason: string, cause?: unknown): SessionsError {
  return new SessionsError('STORE_UNAVAILABLE', `The session store is unavailable: ${reason}.`, { cause });
}
