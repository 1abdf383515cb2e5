import { createHmac, hash, randomFillSync } from 'node:crypto';
import { SESSION_ID, USER_PREFIX_LENGTH } from '@pip-sessions/contract/session-id';

const ID_BYTES = 16;
/** Random bytes are drawn many at a time: one call to the generator costs more than the bytes. */
const pool = Buffer.alloc(8192);
let used = pool.length;

/** So many bytes from the system's generator, which nobody gets a second time. */
function randomString(bytes: number, encoding: 'hex' | 'base64url'): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const text = pool.toString(encoding, used, used + bytes);
  pool.fill(0, used, used + bytes);
  used += bytes;
  return text;
}

/**
 * A new id, of the form `SESSION_ID`.
 *
 * The sessions of a user share the prefix, so that a sharded store keeps them and the user's index in one shard and
 * finds it from either. The rest comes from the system's generator (ASVS 7.2.3).
 */
export function newSessionId(userId: string): string {
  return userPrefix(userId) + randomString(ID_BYTES, 'hex');
}

/**
 * The id of an opening that may be repeated: the same for the same user and key, and for whoever does not know the key
 * as good as random. Its key is the caller's and must be random itself (`OpenRequest`).
 */
export function repeatableSessionId(userId: string, key: string): string {
  const bytes = createHmac('sha256', key).update(userId).digest();
  return userPrefix(userId) + bytes.toString('hex', 0, ID_BYTES);
}

/** Whether an id is one that this service makes; imported sessions may have others, which say nothing of their user. */
export function isOwnId(id: string): boolean {
  return SESSION_ID.test(id);
}

/** So many random bytes, as base64url; at most 8,192. */
export function randomText(bytes: number): string {
  return randomString(bytes, 'base64url');
}

/** What the ids of all sessions of a user start with. */
export function userPrefix(userId: string): string {
  return hash('sha256', userId, 'hex').slice(0, USER_PREFIX_LENGTH);
}
