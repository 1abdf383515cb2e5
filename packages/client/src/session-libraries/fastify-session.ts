/**
 * A store for @fastify/session in the sessions service.
 *
 * @example
 * import fastifyCookie from '@fastify/cookie';
 * import fastifySession from '@fastify/session';
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { PipSessionsStore } from '@pip-sessions/client/fastify-session';
 * import fastify from 'fastify';
 *
 * const app = fastify();
 * const store = new PipSessionsStore({ client: createSessionsClient({ url: 'http://localhost:8080', key }) });
 * await app.register(fastifyCookie);
 * await app.register(fastifySession, { store, secret, saveUninitialized: false, cookie: { maxAge: 3_600_000 } });
 */
import fastifySession, { type SessionStore } from '@fastify/session';
import type { OwnSessionPage } from '@pip-sessions/contract/v2';
import type { FastifyRequest, Session } from 'fastify';
import { isObject } from '../transport/json-object.ts';
import type { DevicesRequest } from '../v2/own-sessions.ts';
import type { Held } from './entry.ts';
import { fromStored, toStored } from './library-json.ts';
import { isSame } from './merge-members.ts';
import type { LibraryStoreOptions } from './options.ts';
import { isOfOldStore, LibrarySessions } from './sessions/library-sessions.ts';
import { toStoreError } from './store-error.ts';

export type { DevicesRequest } from '../v2/own-sessions.ts';
export type { LibraryJson } from './library-json.ts';
export type { FallbackOptions, OldStore } from './old-store.ts';
export type { Device, LibrarySessionJson, LibraryStoreOptions } from './options.ts';
export { SessionStoreError } from './store-error.ts';

/**
 * The library creates its own session object from the one that it reads. It copies the properties of the application.
 * Since 11.1.2 it also copies the cookie's properties under symbols. So the version that was read travels with the
 * cookie, under a symbol that is not enumerated.
 */
const HELD = Symbol('@pip-sessions/held');
/** The property for versions before 11.1.2. JSON omits its function, but `structuredClone` of such a session throws. */
const HELD_MEMBER = '@pip-sessions/held';

/**
 * A store for @fastify/session in the sessions service. Applications change nothing else. Callbacks get a
 * `SessionStoreError` if the service is unavailable, which is never treated as "no session". Saving an ended session
 * does nothing: it never opens the session again.
 *
 * The library has no `touch`, so reading counts as activity, unless `disableTouch` is set. A session that has not
 * changed is not saved, not even if `rolling` saves it with each request.
 *
 * The cookie's `maxAge` is the idle timeout of the session, also when it is changed later; 0 ends the session. The
 * service's setting SESSIONS_IDLE_TIMEOUT_MAX limits it.
 *
 * @example
 * import fastifySession from '@fastify/session';
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { PipSessionsStore } from '@pip-sessions/client/fastify-session';
 *
 * const client = createSessionsClient({ url: 'http://localhost:8080', key });
 * const store = new PipSessionsStore({ client, user_id: ({ userId }) => userId ?? null });
 * await app.register(fastifySession, { store, secret, saveUninitialized: false, cookie: { maxAge: 3_600_000 } });
 */
export class PipSessionsStore implements SessionStore {
  readonly #sessions: LibrarySessions;
  /** The last version of each session object that was written. */
  readonly #written = new WeakMap<object, Held>();

  /** Throws a `TypeError` that names an option which is wrong. */
  constructor(options: LibraryStoreOptions<FastifyRequest>) {
    this.#sessions = new LibrarySessions(options as LibraryStoreOptions, 'fastify-session');
  }

  get(sid: string, done: (error: unknown, session?: Session | null) => void): void {
    settle(
      this.#sessions.read(sid).then((held) => held && sessionOf(held)),
      done,
    );
  }

  set(sid: string, session: Session, done: (error?: unknown) => void): void {
    settle(this.#save(sid, session), (error) => (error ? done(error) : done()));
  }

  destroy(sid: string, done: (error?: unknown) => void): void {
    settle(this.#sessions.destroy(sid), (error) => (error ? done(error) : done()));
  }

  /**
   * Returns the id of the user's session in the service, which lists of the user's devices show. Null for a visitor,
   * and until a sign-in has been saved. Rejects with a `SessionStoreError`.
   */
  sessionIdOf(sid: string): Promise<string | null> {
    return this.#sessions.sessionIdOf(sid);
  }

  /**
   * Returns a page of the live sessions of the user, the newest first; `current` in it is the id of this browser's own.
   * Null for a visitor, and until a sign-in has been saved. Counts as activity. Rejects with a `SessionStoreError`.
   *
   * @example
   * const page = await store.devices(request.session.sessionId);
   */
  devices(sid: string, request: DevicesRequest = {}): Promise<OwnSessionPage | null> {
    return this.#sessions.devices(sid, request);
  }

  /**
   * Ends a session of the user, which signs that browser out. Returns false for a visitor, and if the user has no live
   * session with this id. Rejects with a `SessionStoreError`.
   */
  endDevice(sid: string, id: string): Promise<boolean> {
    return this.#sessions.endDevice(sid, id);
  }

  /**
   * Ends all sessions of the user but this browser's own, at most 100,000. Returns how many there were; 0 for a visitor.
   * Rejects with a `SessionStoreError`.
   */
  logoutOthers(sid: string): Promise<number> {
    return this.#sessions.logoutOthers(sid);
  }

  /**
   * Passes all live sessions of this store to `done`, each with its `id`. For more than 10,000, `done` gets a
   * `SessionStoreError` (code `TOO_MANY_SESSIONS`).
   */
  all(done: (error: unknown, sessions?: Session[]) => void): void {
    settle(this.#sessions.list.all() as Promise<unknown> as Promise<Session[]>, done);
  }

  /**
   * Passes the ids of all live sessions of this store to `done`. For more than 10,000, `done` gets a
   * `SessionStoreError` (code `TOO_MANY_SESSIONS`).
   */
  ids(done: (error: unknown, ids?: string[]) => void): void {
    settle(this.#sessions.list.ids(), done);
  }

  /**
   * Passes the number of live sessions of this store to `done`. It includes visitors, and users who were revoked
   * elsewhere and have not returned since.
   */
  length(done: (error: unknown, length?: number) => void): void {
    settle(this.#sessions.list.count(), done);
  }

  /** Ends all sessions of this store. */
  clear(done: (error?: unknown) => void): void {
    settle(this.#sessions.list.clear(), (error) => (error ? done(error) : done()));
  }

  async #save(sid: string, session: Session): Promise<void> {
    const read = heldOf(session);
    const held = this.#written.get(session) ?? read;
    const data = toStored(session, held?.seen ?? null);
    if (held?.sid === sid && isSame(held.seen, data)) {
      // The library has no touch: it saves the session for that.
      if (isOfOldStore(held) && this.#sessions.touches) await this.#sessions.touch(sid, held);
      return;
    }
    const request = requestOf(session);
    const stored = await this.#sessions.write(sid, data, () => this.#written.get(session) ?? read, request);
    // An object that is not from the library, and was not read, always replaces the stored session.
    if (stored && (held || request)) this.#written.set(session, stored);
  }
}

function sessionOf(held: Held): Session {
  const session = fromStored(held.data);
  if (!CARRIES_SYMBOLS) return { ...session, [HELD_MEMBER]: () => held } as unknown as Session;
  const cookie = isObject(session.cookie) ? session.cookie : {};
  return { ...session, cookie: { ...cookie, [HELD]: held } } as unknown as Session;
}

function heldOf(session: Session): Held | null {
  const member: unknown = Reflect.get(session, HELD_MEMBER);
  if (typeof member === 'function') return member();
  for (const value of [session.cookie, ...symbolValues(session).map(([, value]) => value)]) {
    if (isObject(value) && HELD in value) return value[HELD] as Held;
  }
  return null;
}

function requestOf(session: Session): FastifyRequest | undefined {
  const [, request] = symbolValues(session).find(([symbol]) => symbol.description === 'request') ?? [];
  return request as FastifyRequest | undefined;
}

function symbolValues(session: object): (readonly [symbol, unknown])[] {
  return Object.getOwnPropertySymbols(session).map((symbol) => [symbol, Reflect.get(session, symbol)]);
}

function settle<T>(call: Promise<T>, done: (error: unknown, result?: T) => void): void {
  call.then(
    (result) => queueMicrotask(() => done(null, result)),
    (error: unknown) => queueMicrotask(() => done(toStoreError(error))),
  );
}

/**
 * Whether the installed version keeps symbols of a stored cookie. It is tested: the library reads one session from a
 * store with one session.
 */
function carriesSymbols(): boolean {
  const request = {} as { session?: Session };
  type Read = (sid: string, request: object, done: () => void) => void;
  const application = {
    decorate: (_: string, read: Read) => read('sid', request, () => {}),
    decorateRequest: () => {},
    addHook: () => {},
  };
  const signer = { sign: (value: string) => value, unsign: (value: string) => ({ valid: true, value, renew: false }) };
  const store = {
    get: (_: string, done: (error: null, session: object) => void) => done(null, { cookie: { [HELD]: true } }),
  };
  try {
    const plugin = fastifySession as unknown as (application: object, options: object, done: () => void) => void;
    plugin(application, { secret: signer, store }, () => {});
    return request.session !== undefined && heldOf(request.session) !== null;
  } catch {
    return false;
  }
}

const CARRIES_SYMBOLS = carriesSymbols();
