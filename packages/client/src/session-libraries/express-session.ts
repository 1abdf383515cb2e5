/**
 * A store for express-session that keeps its sessions in the sessions service.
 *
 * @example
 * app.use(session({
 *   store: new PipSessionsStore({ client: createSessionsClient({ url, key }) }),
 *   secret, resave: false, saveUninitialized: false, cookie: { maxAge: 3_600_000 },
 * }));
 */
import session from 'express-session';
import type { Held } from './entry.ts';
import { fromStored, isShortLived, toStored } from './library-json.ts';
import { LibrarySessions } from './library-sessions.ts';
import { isSame } from './merge-members.ts';
import type { LibraryStoreOptions } from './options.ts';
import { toStoreError } from './store-error.ts';

export type { LibraryJson } from './library-json.ts';
export type { Device, LibrarySessionJson, LibraryStoreOptions } from './options.ts';
export { SessionStoreError } from './store-error.ts';

type Done<T> = (error: unknown, result?: T) => void;

/** That of Express. */
export type SessionRequest = Parameters<session.Store['createSession']>[0];

/**
 * A drop-in: applications change nothing else. Callbacks get a `SessionStoreError` when the service is away, which is
 * never taken for "no session". Saving or touching a session that has ended does nothing, and never opens it again.
 *
 * How long a session lives without activity is the cookie's `maxAge`, also when it is changed later; 0 ends the session.
 * The service's setting SESSIONS_IDLE_TIMEOUT_MAX bounds it. Reading counts as activity, unless `disableTouch` is set.
 */
export class PipSessionsStore extends session.Store {
  readonly #sessions: LibrarySessions;
  /** What was read or written of each session object last: what its next save is compared with. */
  readonly #held = new WeakMap<object, Held>();
  /** Those whose activity was reported when they were read. */
  readonly #active = new WeakSet<object>();

  /** Throws a `TypeError` that names the option which is wrong. */
  constructor(options: LibraryStoreOptions<SessionRequest>) {
    super();
    this.#sessions = new LibrarySessions(options as LibraryStoreOptions, 'express-session');
  }

  override get(sid: string, done: Done<session.SessionData | null>): void {
    settle(
      this.#sessions.read(sid).then((held) => held && this.#hold(held)),
      done,
    );
  }

  override set(sid: string, session: session.SessionData, done?: Done<void>): void {
    settle(this.#save(sid, session), done);
  }

  override destroy(sid: string, done?: Done<void>): void {
    settle(this.#sessions.destroy(sid), done);
  }

  /** Counts as activity, and stores a changed cookie. Does nothing if `disableTouch` is set. */
  override touch(sid: string, session: session.SessionData, done?: Done<void>): void {
    settle(this.#sessions.touches ? this.#touch(sid, session) : Promise.resolve(), done);
  }

  /**
   * The id of the user's session in the service, as lists of the user's devices have it. Null for a visitor, and until a
   * sign-in has been saved. Rejects with a `SessionStoreError`.
   *
   * @example
   * const here = await store.sessionIdOf(req.sessionID);
   * await client.closeMany({ filter: { user_id }, except: here ? [here] : [] }); // sign out everywhere else
   */
  sessionIdOf(sid: string): Promise<string | null> {
    return this.#sessions.sessionIdOf(sid);
  }

  /** All live sessions of this store, with their `id`; 10,000 at most. */
  override all(done: Done<session.SessionData[]>): void {
    settle(this.#sessions.list.all() as Promise<unknown> as Promise<session.SessionData[]>, done);
  }

  /** The ids of all live sessions of this store, 10,000 at most. */
  ids(done: Done<string[]>): void {
    settle(this.#sessions.list.ids(), done);
  }

  override length(done: Done<number>): void {
    settle(this.#sessions.list.count(), done);
  }

  override clear(done?: Done<void>): void {
    settle(this.#sessions.list.clear(), done);
  }

  override createSession(
    ...[request, data]: Parameters<session.Store['createSession']>
  ): ReturnType<session.Store['createSession']> {
    const created = super.createSession(request, data);
    const held = this.#held.get(data);
    if (held) this.#held.set(created, held);
    if (this.#active.has(data)) this.#active.add(created);
    return created;
  }

  #hold(held: Held): session.SessionData {
    const data = fromStored(held.data) as unknown as session.SessionData;
    this.#held.set(data, held);
    if (this.#sessions.touches) this.#active.add(data);
    return data;
  }

  async #save(sid: string, saved: session.SessionData): Promise<void> {
    const held = this.#held.get(saved);
    const data = toStored(saved, held?.seen ?? null);
    if (held?.sid === sid && isSame(held.seen, data)) return this.#report(sid, saved);
    const request = saved instanceof session.Session ? Reflect.get(saved, 'req') : undefined;
    const stored = await this.#sessions.write(sid, data, () => this.#held.get(saved) ?? null, request);
    // An object that is not the library's, and was not read, replaces what there is with each save.
    if (stored && (held || saved instanceof session.Session)) this.#held.set(saved, stored);
  }

  async #touch(sid: string, touched: session.SessionData): Promise<void> {
    const held = this.#held.get(touched);
    if (held?.sid !== sid) return this.#sessions.touch(sid);
    const { cookie } = toStored(touched, held.seen);
    if (isSame(held.seen.cookie, cookie) && !isShortLived(held.seen)) return this.#report(sid, touched);
    const stored = await this.#sessions.write(sid, { ...held.seen, cookie }, () => held);
    if (stored) this.#held.set(touched, stored);
  }

  async #report(sid: string, used: session.SessionData): Promise<void> {
    if (this.#active.delete(used)) return;
    if (this.#sessions.touches) await this.#sessions.touch(sid);
  }
}

/** What the callback throws is not the store's to catch. */
function settle<T>(call: Promise<T>, done: Done<T> = () => {}): void {
  call.then(
    (result) => queueMicrotask(() => done(null, result)),
    (error: unknown) => queueMicrotask(() => done(toStoreError(error))),
  );
}
