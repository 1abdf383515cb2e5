import type { SessionsClient } from '@pip-sessions/contract/sessions-client';
import type { OpenRequest } from '@pip-sessions/contract/v2';
import type { LibraryJson } from './library-json.ts';

/** What a list of the user's devices shows of a sign-in. */
export type Device = Pick<
  OpenRequest,
  'user_name' | 'address' | 'client' | 'auth_time' | 'auth_methods' | 'auth_level' | 'expire_time'
>;

type Calls = 'open' | 'get' | 'update' | 'replaceData' | 'touch' | 'close' | 'all' | 'count';

/** `Request` is that of the framework. */
export interface LibraryStoreOptions<Request = unknown> {
  /**
   * Its key needs the scope `write`, and `admin` for `all`, `ids`, `length` and `clear`. One of
   * `createCachedSessionsClient` reads the sessions of users from memory.
   */
  readonly client: Pick<SessionsClient, Calls> & Partial<Pick<SessionsClient, 'read' | 'peek'>>;
  /**
   * Whose a session is: a string or a number; null as long as nobody has signed in. Default: its `userId`, else
   * Passport's `user` or its `id`. For another value the request fails with `INVALID_USER_ID`.
   */
  readonly user_id?: (session: LibrarySessionJson) => unknown;
  /**
   * What is known of a sign-in, from the session that it was made in and its request; the request is undefined where
   * other code than the library has called the store. Default: nothing.
   *
   * @example
   * device: (_, request) => ({ address: request?.ip, client: request?.headers['user-agent'] }),
   */
  readonly device?: (session: LibraryJson, request: Request | undefined) => Device;
  /** Keeps the sessions of several applications apart that share a service: the `client` of their entries there. */
  readonly marker?: string;
  /** Neither reading nor `touch` counts as activity: a session ends `maxAge` after it was changed last. Default false. */
  readonly disableTouch?: boolean;
}

/** With what Passport keeps in it. */
export type LibrarySessionJson = LibraryJson & {
  // biome-ignore lint/suspicious/noExplicitAny: what serializeUser returns is the application's own
  readonly passport?: { readonly user?: any };
};
