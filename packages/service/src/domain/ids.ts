import { createHmac, hash, randomFillSync } from 'node:crypto';
import { SESSION_ID, USER_PREFIX_LENGTH } from '@pip-sessions/contract/session-id';

const ID_BYTES = 16;
/** Random bytes are generated in batches: a call of the generator costs more than the bytes. */
const pool = Buffer.alloc(8192);
let used = pool.length;

/** Returns `bytes` random bytes of the system's generator. No two calls get the same bytes. */
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
 * Returns a new session id of the form `SESSION_ID`.
 *
 * All sessions of a user share the prefix of the id. A sharded store therefore keeps them and the user's index in one
 * shard, and finds the shard from the id or the user. The rest of the id is random, from the system's generator (ASVS
 * 7.2.3).
 */
export function newSessionId(userId: string): string {
  return userPrefix(userId) + randomString(ID_BYTES, 'hex');
}

/**
 * Returns the id of a session that is opened with an idempotency key. The same user and key always give the same id.
 * Without the key the id cannot be guessed. The key comes from the caller and must be random (`OpenRequest`).
 */
export function repeatableSessionId(userId: string, key: string): string {
  const bytes = createHmac('sha256', key).update(userId).digest();
  return userPrefix(userId) + bytes.toString('hex', 0, ID_BYTES);
}

/**
 * Whether an id has the form of this service. Imported sessions may have other ids, which do not contain the user's
 * prefix.
 */
export function isOwnId(id: string): boolean {
  return SESSION_ID.test(id);
}

/** Returns `bytes` random bytes as base64url; at most 8,192. */
export function randomText(bytes: number): string {
  return randomString(bytes, 'base64url');
}

/** The prefix of the ids of all sessions of a user. */
export function userPrefix(userId: string): string {
  return userHash(userId).slice(0, USER_PREFIX_LENGTH);
}

/** Returns the SHA-256 of a user id as hex: it identifies a user in log lines and receipts. */
export function userHash(userId: string): string {
  return hash('sha256', userId, 'hex');
}

/**
 * Returns a short hash that identifies a session in log lines. A reader of the log cannot use it to access the session.
 */
export function sessionRef(id: string): string {
  return hash('sha256', id, 'hex').slice(0, 12);
}
