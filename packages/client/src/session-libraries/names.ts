import { createHmac, hash } from 'node:crypto';

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

/** The number of owners of entries. There are many, so that the entries are spread over the shards of a store. */
const OWNERS_COUNT = 64;
const OWNER_PREFIX = 'urn:pip-sessions:browser-entries:';

/** Returns the names of an entry. `marker` separates the stores of several applications. */
export function namesOf(marker: string, sid: string, generation: number): EntryNames {
  const key = hash('sha256', JSON.stringify(generation === 0 ? [marker, sid] : [marker, sid, generation]));
  const user_id = `${OWNER_PREFIX}${Number.parseInt(hash('sha256', key).slice(0, 2), 16) % OWNERS_COUNT}`;
  return { sid, generation, user_id, key, id: idOf(user_id, key) };
}

/** Returns the idempotency key of a sign-in: the same for requests that sign in the same user at the same time. */
export function signInKey({ key }: EntryNames, user_id: string, turn: string): string {
  return hash('sha256', JSON.stringify([key, user_id, turn]));
}

/** Returns the id that `POST /v2/sessions` creates for an `Idempotency-Key`. */
function idOf(user_id: string, key: string): string {
  const prefix = hash('sha256', user_id).slice(0, 4);
  return prefix + createHmac('sha256', key).update(user_id).digest('hex').slice(0, 32);
}
