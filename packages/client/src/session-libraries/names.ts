import { createHmac, hash } from 'node:crypto';

/** What an entry is called in the service. */
export interface EntryNames {
  readonly sid: string;
  readonly generation: number;
  /** Its owner there: one of those whose sessions the service does not count as live, and does not limit. */
  readonly user_id: string;
  /** What its opening is repeated by. */
  readonly key: string;
  /** The service derives it from the other two, so that a `sid` leads to its entry without asking anyone. */
  readonly id: string;
}

/** The names that the service knows as owners of entries. Many, so that no shard of a store holds all entries. */
const OWNERS_COUNT = 64;
const OWNER_PREFIX = 'urn:pip-sessions:browser-entries:';

/** `marker` keeps the stores of several applications apart. */
export function namesOf(marker: string, sid: string, generation: number): EntryNames {
  const key = hash('sha256', JSON.stringify(generation === 0 ? [marker, sid] : [marker, sid, generation]));
  const user_id = `${OWNER_PREFIX}${Number.parseInt(hash('sha256', key).slice(0, 2), 16) % OWNERS_COUNT}`;
  return { sid, generation, user_id, key, id: idOf(user_id, key) };
}

/** Of the opening of a sign-in: the same for requests that sign the same user in at the same time. */
export function signInKey({ key }: EntryNames, user_id: string, turn: string): string {
  return hash('sha256', JSON.stringify([key, user_id, turn]));
}

/** As `POST /v2/sessions` with an `Idempotency-Key` makes it. */
function idOf(user_id: string, key: string): string {
  const prefix = hash('sha256', user_id).slice(0, 4);
  return prefix + createHmac('sha256', key).update(user_id).digest('hex').slice(0, 32);
}
