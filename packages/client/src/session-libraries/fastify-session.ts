/**
 * A store for @fastify/session that keeps its sessions in the sessions service.
 *
 * @example
 * await app.register(fastifyCookie);
 * await app.register(fastifySession, {
 *   store: new PipSessionsStore({ client: createSessionsClient({ url, key }) }),
 *   secret, saveUninitialized: false, cookie: { maxAge: 3_600_000 },
 * });
 */
import fastifySession, { type SessionStore } from '@fastify/session';
import type { FastifyRequest, Session } from 'fastify';
import { isObject } from '../transport/json-object.ts';
import type { Held } from './entry.ts';
import { fromStored, toStored } from './library-json.ts';
import { LibrarySessions } from './library-sessions.ts';
import { isSame } from './merge-members.ts';
import type { LibraryStoreOptions } from './options.ts';
import { toStoreError } from './store-error.ts';

export type { LibraryJson } from './library-json.ts';
export type { Device, LibrarySessionJson, LibraryStoreOptions } from './options.ts';
export { SessionStoreError } from './store-error.ts';

/**
 * The library makes an object of its own of what it reads. It copies the members, which are the application's, and since
 * 11.1.2 keeps the cookie's under a symbol. What was read goes along with the cookie, under a symbol too: nothing
 * enumerates it.
 */
const HELD = Symbol('@pip-sessions/held');
/** Before 11.1.2 it is a member. JSON leaves functions out, but `structuredClone` of such a session throws. */
const HELD_MEMBER = '@pip-sessions/held';

/**
 * A drop-in: applications change nothing else. Callbacks get a `SessionStoreError` when the service is away, which is
 * never taken for "no session". Saving a session that has ended does nothing, and never opens it again.
 *
 * The library has no `touch`, so reading counts as activity, and saving a session that has not changed is left out,
 * also where `rolling` asks for it with each request.
 *
 * How long a session lives without activity is the cookie's `maxAge`, also when it is changed later; 0 ends the session.
 * The service's setting SESSIONS_IDLE_TIMEOUT_MAX bounds it.
 */
export class PipSessionsStore implements SessionStore {
  readonly #sessions: LibrarySessions;
  /** What was written of each session object last. */
  readonly #written = new WeakMap<object, Held>();

  /** Throws a `TypeError` that names the option which is wrong. */
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
   * The id of the user's session in the service, as lists of the user's devices have it. Null for a visitor, and until a
   * sign-in has been saved. Rejects with a `SessionStoreError`.
   *
   * @example
   * const here = await store.sessionIdOf(request.session.sessionId);
   * await client.closeMany({ filter: { user_id }, except: here ? [here] : [] }); // sign out everywhere else
   */
  sessionIdOf(sid: string): Promise<string | null> {
    return this.#sessions.sessionIdOf(sid);
  }

  /** All live sessions of this store, with their `id`; 10,000 at most. */
  all(done: (error: unknown, sessions?: Session[]) => void): void {
    settle(this.#sessions.list.all() as Promise<unknown> as Promise<Session[]>, done);
  }

  /** The ids of all live sessions of this store, 10,000 at most. */
  ids(done: (error: unknown, ids?: string[]) => void): void {
    settle(this.#sessions.list.ids(), done);
  }

  length(done: (error: unknown, length?: number) => void): void {
    settle(this.#sessions.list.count(), done);
  }

  clear(done: (error?: unknown) => void): void {
    settle(this.#sessions.list.clear(), (error) => (error ? done(error) : done()));
  }

  async #save(sid: string, session: Session): Promise<void> {
    const read = heldOf(session);
    const held = this.#written.get(session) ?? read;
    const data = toStored(session, held?.seen ?? null);
    if (held?.sid === sid && isSame(held.seen, data)) return;
    const request = requestOf(session);
    const stored = await this.#sessions.write(sid, data, () => this.#written.get(session) ?? read, request);
    // An object that is not the library's, and was not read, replaces what there is with each save.
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

/** Whether the installed version keeps symbols of a stored cookie: one session is read by it, from a store of one. */
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
