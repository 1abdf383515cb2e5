/**
 * Names of browser entries: sessions of the service in which the session libraries store what a browser has. The client
 * opens them, and the service imports them. Neither has another rule than this one.
 */

/** Returns the SHA-256 of a text as hex. Each side passes that of its platform. */
export type Sha256 = (text: string) => string;

/** The number of owners of entries. There are many, so that the entries are spread over the shards of a store. */
export const ENTRY_OWNERS_COUNT = 64;
/** The owners are users of the service with this prefix and a number from 0. */
export const ENTRY_OWNER_PREFIX = 'urn:pip-sessions:browser-entries:';

/** The turn of the first sign-in by an entry that does not exist yet. */
export const FIRST_TURN = '0.0';

/** The user and the idempotency key with which an entry is opened. */
export interface EntryOpening {
  /** The owner of the entry. */
  readonly user_id: string;
  /** The idempotency key. The id of the entry follows from both. */
  readonly key: string;
}

/**
 * Returns how the entry of a `sid` is opened. `marker` separates the stores of several applications. `generation` is 0
 * for the first session of a `sid`.
 */
export function entryOpening(sha256: Sha256, marker: string, sid: string, generation: number): EntryOpening {
  const key = sha256(JSON.stringify(generation === 0 ? [marker, sid] : [marker, sid, generation]));
  const owner = Number.parseInt(sha256(key).slice(0, 2), 16) % ENTRY_OWNERS_COUNT;
  return { user_id: `${ENTRY_OWNER_PREFIX}${owner}`, key };
}

/** Returns the idempotency key of a sign-in: the same for requests that sign in the same user at the same time. */
export function signInKey(sha256: Sha256, key: string, user_id: string, turn: string): string {
  return sha256(JSON.stringify([key, user_id, turn]));
}
