import { createHmac, hash } from 'node:crypto';
import { entryOpening, signInKey as entrySignInKey } from '@pip-sessions/contract/browser-entries';

/** The names of an entry in the service. */
export interface EntryNames {
  readonly sid: string;
  readonly generation: number;
  /** The owner of the entry. The service does not count or limit the sessions of such owners. */
  readonly user_id: string;
  /** The idempotency key with which it is opened. */
  readonly key: string;
  /** The id. The service derives it from the other two, so a `sid` leads to its entry without a request. */
  readonly id: string;
}

const sha256 = (text: string) => hash('sha256', text);

/** Returns the names of an entry. `marker` separates the stores of several applications. */
export function namesOf(marker: string, sid: string, generation: number): EntryNames {
  const { user_id, key } = entryOpening(sha256, marker, sid, generation);
  return { sid, generation, user_id, key, id: idOf(user_id, key) };
}

/** Returns the idempotency key of a sign-in: the same for requests that sign in the same user at the same time. */
export function signInKey({ key }: EntryNames, user_id: string, turn: string): string {
  return entrySignInKey(sha256, key, user_id, turn);
}

/** Returns the id that `POST /v2/sessions` creates for an `Idempotency-Key`. */
function idOf(user_id: string, key: string): string {
  const prefix = sha256(user_id).slice(0, 4);
  return prefix + createHmac('sha256', key).update(user_id).digest('hex').slice(0, 32);
}
