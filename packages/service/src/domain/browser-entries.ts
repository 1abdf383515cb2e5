import type { SessionStore } from './store.ts';

/**
 * Who owns the entries of session libraries: records that say which session a browser has. Nobody has signed in with an
 * entry, so no figure counts entries, and no limit of sessions a user holds for them. `@pip-sessions/client`
 * opens entries under these names.
 *
 * The owners are a fixed number, so that every store counts their entries by its index of users. They are many enough
 * to spread entries over the shards of a store.
 */
const OWNERS_COUNT = 64;
const OWNER_PREFIX = 'urn:pip-sessions:browser-entries:';

const OWNERS: readonly string[] = Array.from({ length: OWNERS_COUNT }, (_, n) => `${OWNER_PREFIX}${n}`);
const OWNERS_SET: ReadonlySet<string> = new Set(OWNERS);

export function ownsBrowserEntries(user_id: string): boolean {
  return OWNERS_SET.has(user_id);
}

/** How many sessions live, without entries. Other requests come between the 64 reads, each of which is short. */
export async function countSignIns(store: Pick<SessionStore, 'count'>, judged_at: number): Promise<number> {
  let live = await store.count({ active: true }, judged_at);
  for (const user_id of OWNERS) {
    await new Promise(setImmediate);
    live -= await store.count({ user_id, active: true }, judged_at);
  }
  // An entry may have been opened between two reads.
  return Math.max(0, live);
}
