import type { Session } from '@pip-sessions/contract/v2';
import { isObject } from '../transport/json-object.ts';
import type { LibraryJson } from './library-json.ts';

/** A session of the service that belongs to a user, and whose `data` is the library's session. */
export interface SignIn {
  readonly user_id: string;
  readonly session_id: string;
  /** Distinguishes the sign-ins of one user by one entry. The idempotency key of the session includes it. */
  readonly turn: string;
}

/**
 * The `data` of the session whose id is derived from a `sid`. It has the session of a visitor, or the place of a user's
 * session. It has neither while the session is being destroyed.
 */
export interface Entry {
  readonly sid: string;
  readonly session?: LibraryJson;
  readonly sign_in?: SignIn;
}

/** Returns the entry of a session; null if no store of this package wrote it. */
export function entryOf({ data }: Session): Entry | null {
  if (!isObject(data) || typeof data.sid !== 'string') return null;
  const { sid, session, sign_in } = data;
  const signIn = signInOf(sign_in);
  return { sid, ...(isObject(session) && { session }), ...(signIn && { sign_in: signIn }) };
}

function signInOf(value: unknown): SignIn | null {
  if (!isObject(value)) return null;
  const { user_id, session_id, turn } = value;
  if (typeof user_id !== 'string' || typeof session_id !== 'string' || typeof turn !== 'string') return null;
  return { user_id, session_id, turn };
}

/** A session of a library, as a caller has read or written it. */
export interface Held {
  readonly sid: string;
  /** Increases each time that the `sid` is used again after its session has ended. */
  readonly generation: number;
  /** The revision of the service's session that contains `data`. */
  readonly revision: number;
  readonly data: LibraryJson;
  /** The caller's version: without the changes of other requests that were merged when it was saved. */
  readonly seen: LibraryJson;
  readonly sign_in: SignIn | null;
}
