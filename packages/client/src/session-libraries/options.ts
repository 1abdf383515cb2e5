import type { OpenRequest } from '../contract/v2.ts';
import type { SessionsClient } from '../sessions-client.ts';
import type { LibraryJson } from './stored.ts';

/** What a list of the user's devices shows of a sign-in. */
export type Device = Pick<
  OpenRequest,
  'user_name' | 'address' | 'client' | 'auth_time' | 'auth_methods' | 'auth_level' | 'expire_time'
>;

export interface LibraryStoreOptions {
  /** Its key needs the scope `write`, and `admin` for `all`, `length` and `clear`. */
  readonly client: Pick<
    SessionsClient,
    'open' | 'get' | 'replaceData' | 'replaceUser' | 'touch' | 'close' | 'all' | 'count'
  >;
  /** Whose a session is; null as long as nobody has signed in. Default: its `userId`, a text or a number. */
  readonly user_id?: (session: LibraryJson) => string | null;
  /** What is known of a sign-in, from the session that it was made in. Default: nothing. */
  readonly device?: (session: LibraryJson) => Device;
  /** Keeps the sessions of several applications apart that share a service: their `client` there. */
  readonly marker?: string;
}

export function userIdOf({ userId }: LibraryJson): string | null {
  return typeof userId === 'number' ? String(userId) : typeof userId === 'string' && userId !== '' ? userId : null;
}
