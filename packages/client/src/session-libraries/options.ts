import type { SessionsClient } from '@pip-sessions/contract/sessions-client';
import type { OpenRequest } from '@pip-sessions/contract/v2';
import type { LibraryJson } from './library-json.ts';
import type { FallbackOptions } from './old-store.ts';

/** The properties of a sign-in that a list of the user's devices shows. */
export type Device = Pick<
  OpenRequest,
  'user_name' | 'address' | 'client' | 'auth_time' | 'auth_methods' | 'auth_level' | 'expire_time'
>;

type Calls = 'open' | 'get' | 'update' | 'replaceData' | 'touch' | 'close' | 'all' | 'count' | 'own' | 'closeOwn';

/** The options of a store for a session library. Only `client` is required. `Request` is the framework's request. */
export interface LibraryStoreOptions<Request = unknown> {
  /**
   * The client of the sessions service. Its key needs the scope `write`, and `admin` for `all`, `ids`, `length` and
   * `clear`. A client of `createCachedSessionsClient` reads the sessions of users from memory.
   */
  readonly client: Pick<SessionsClient, Calls> & Partial<Pick<SessionsClient, 'read' | 'peek'>>;
  /**
   * Returns the user of a session: a string or a number; null before the sign-in. Default: its `userId`, else
   * Passport's `user` or its `id`. For another value, the request fails with a `SessionStoreError` (code
   * `INVALID_USER_ID`).
   */
  readonly user_id?: (session: LibrarySessionJson) => unknown;
  /**
   * Returns the description of a sign-in, from its session and its request. The request is undefined if code other than
   * the library called the store. Default: no description.
   *
   * @example
   * import { PipSessionsStore } from '@pip-sessions/client/express-session';
   *
   * const store = new PipSessionsStore({
   *   client,
   *   device: (_, request) => ({ address: request?.ip ?? null, client: request?.headers['user-agent'] ?? null }),
   * });
   */
  readonly device?: (session: LibraryJson, request: Request | undefined) => Device;
  /**
   * Separates the sessions of applications that share a service: the `client` of their entries. Default: the library's
   * name.
   */
  readonly marker?: string;
  /**
   * If true, reading and `touch` do not count as activity: a session ends `maxAge` after its last change. Default
   * false.
   */
  readonly disableTouch?: boolean;
  /**
   * The store that the application had before. A session that is only there is taken over when it is first used.
   *
   * @example
   * import { PipSessionsStore } from '@pip-sessions/client/express-session';
   * import session from 'express-session';
   *
   * const former = new session.MemoryStore(); // the store that the application had
   * const store = new PipSessionsStore({ client, fallback: { store: former } });
   */
  readonly fallback?: FallbackOptions;
}

/** The options that `LibraryStoreOptions` has. */
export const STORE_OPTIONS: Readonly<Record<keyof LibraryStoreOptions, true>> = {
  client: true,
  user_id: true,
  device: true,
  marker: true,
  disableTouch: true,
  fallback: true,
};

/** The session of a library, with the property of Passport. */
export type LibrarySessionJson = LibraryJson & {
  /** Passport's property; `user` is the value that the application's `serializeUser` returned. */
  // biome-ignore lint/suspicious/noExplicitAny: the application determines what serializeUser returns
  readonly passport?: { readonly user?: any };
};
