import { createHmac, hash } from 'node:crypto';

/** What a session is called in the service when a library has named it by an id of its own, its `sid`. */
export interface RecordNames {
  /** Its owner there: one a session, so that neither a limit of sessions a user nor a shard holds all of them. */
  readonly user_id: string;
  /** What its opening is repeated by. The `sid` itself, which browsers hold, stays here. */
  readonly key: string;
  /** The service derives it from the other two, so that a `sid` leads to its session without asking anyone. */
  readonly id: string;
}

const HEX_OF_OWNER = 32;

/** `marker` keeps the stores of several applications apart. */
export function namesOf(marker: string, sid: string): RecordNames {
  const key = hash('sha256', JSON.stringify([marker, sid]));
  const user_id = `${marker}:${hash('sha256', key).slice(0, HEX_OF_OWNER)}`;
  return { user_id, key, id: idOf(user_id, key) };
}

/** Of the opening of a sign-in: the same for requests that sign the same user in at the same time. */
export function signInKey({ key }: RecordNames, user_id: string, revision: number | null): string {
  return hash('sha256', JSON.stringify([key, user_id, revision]));
}

/** As `POST /v2/sessions` with an `Idempotency-Key` makes it. */
function idOf(user_id: string, key: string): string {
  const prefix = hash('sha256', user_id).slice(0, 4);
  return prefix + createHmac('sha256', key).update(user_id).digest('hex').slice(0, 32);
}
