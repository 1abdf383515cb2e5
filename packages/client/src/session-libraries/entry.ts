import type { Session } from '@pip-sessions/contract/v2';
import { isObject } from '../transport/json-object.ts';
import type { LibraryJson } from './library-json.ts';

/** Whose the session is: a session of the service that is that user's, and holds what the library stores. */
export interface SignIn {
  readonly user_id: string;
  readonly session_id: string;
  /** Tells the sign-ins of one user by one entry apart: what the opening of the session is repeated by. */
  readonly turn: string;
}

/**
 * What the service holds under the id that follows from a `sid`: the session of a visitor, or where that of a user is.
 * Neither while the session is being destroyed.
 */
export interface Entry {
  readonly sid: string;
  readonly session?: LibraryJson;
  readonly sign_in?: SignIn;
}

/** Null for what no store of ours has written. */
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

/** A session of a library as a caller has read or written it. */
export interface Held {
  readonly sid: string;
  /** Grows each time that the `sid` is used again after its session has ended. */
  readonly generation: number;
  /** Of the session of the service that holds `data`. */
  readonly revision: number;
  readonly data: LibraryJson;
  /** What the caller has of it: without what others had changed when it was saved. */
  readonly seen: LibraryJson;
  readonly sign_in: SignIn | null;
}
