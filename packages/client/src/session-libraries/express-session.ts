/**
 * A store for express-session in the sessions service.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { PipSessionsStore } from '@pip-sessions/client/express-session';
 * import express from 'express';
 * import session from 'express-session';
 *
 * const app = express();
 * const client = createSessionsClient({ url: 'http://localhost:8080', key });
 * app.use(session({
 *   store: new PipSessionsStore({ client }),
 *   secret, resave: false, saveUninitialized: false, cookie: { maxAge: 3_600_000 },
 * }));
 */
import type { OwnSessionPage } from '@pip-sessions/contract/v2';
import session from 'express-session';
import type { DevicesRequest } from '../v2/own-sessions.ts';
import type { Held } from './entry.ts';
import { fromStored, isShortLived, toStored } from './library-json.ts';
import { isSame } from './merge-members.ts';
import type { LibraryStoreOptions } from './options.ts';
import { isOfOldStore, LibrarySessions } from './sessions/library-sessions.ts';
import { toStoreError } from './store-error.ts';

export type { DevicesRequest } from '../v2/own-sessions.ts';
export type { LibraryJson } from './library-json.ts';
export type { FallbackOptions, OldStore } from './old-store.ts';
export type { Device, LibrarySessionJson, LibraryStoreOptions } from './options.ts';
export { SessionStoreError } from './store-error.ts';

type Done<T> = (error: unknown, result?: T) => void;

/** The request of Express. */
export type SessionRequest = Parameters<session.Store['createSession']>[0];

/**
 * A store for express-session in the sessions service. Applications change nothing else. Callbacks get a
 * `SessionStoreError` if the service is unavailable, which is never treated as "no session". Saving or touching an
 * ended session does nothing: it never opens the session again.
 *
 * The cookie's `maxAge` is the idle timeout of the session, also when it is changed later; 0 ends the session. The
 * service's setting SESSIONS_IDLE_TIMEOUT_MAX limits it. Reading counts as activity, unless `disableTouch` is set.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { PipSessionsStore } from '@pip-sessions/client/express-session';
 * import session from 'express-session';
 *
 * const client = createSessionsClient({ url: 'http://localhost:8080', key });
 * const store = new PipSessionsStore({ client, user_id: ({ passport }) => passport?.user?.id ?? null });
 * app.use(session({ store, secret, resave: false, saveUninitialized: false, cookie: { maxAge: 3_600_000 } }));
 */
export class PipSessionsStore extends session.Store {
  readonly #sessions: LibrarySessions;
  /** The last version of each session object that was read or written: its next save is compared with it. */
  readonly #held = new WeakMap<object, Held>();
  /** Session objects whose activity was recorded when they were read. */
  readonly #active = new WeakSet<object>();

  /** Throws a `TypeError` that names an option which is wrong. */
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

  /** Records activity, and stores a changed cookie. Does nothing if `disableTouch` is set. */
  override touch(sid: string, session: session.SessionData, done?: Done<void>): void {
    settle(this.#sessions.touches ? this.#touch(sid, session) : Promise.resolve(), done);
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
   * const page = await store.devices(req.sessionID);
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
  override all(done: Done<session.SessionData[]>): void {
    settle(this.#sessions.list.all() as Promise<unknown> as Promise<session.SessionData[]>, done);
  }

  /**
   * Passes the ids of all live sessions of this store to `done`. For more than 10,000, `done` gets a
   * `SessionStoreError` (code `TOO_MANY_SESSIONS`).
   */
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
    if (this.#sessions.touches && !isOfOldStore(held)) this.#active.add(data);
    return data;
  }

  async #save(sid: string, saved: session.SessionData): Promise<void> {
    const held = this.#held.get(saved);
    const data = toStored(saved, held?.seen ?? null);
    if (held?.sid === sid && isSame(held.seen, data)) return this.#report(sid, saved, held);
    const request = saved instanceof session.Session ? Reflect.get(saved, 'req') : undefined;
    const stored = await this.#sessions.write(sid, data, () => this.#held.get(saved) ?? null, request);
    // An object that is not from the library, and was not read, always replaces the stored session.
    if (stored && (held || saved instanceof session.Session)) this.#held.set(saved, stored);
  }

  async #touch(sid: string, touched: session.SessionData): Promise<void> {
    const held = this.#held.get(touched);
    if (held?.sid !== sid) return this.#sessions.touch(sid);
    const { cookie } = toStored(touched, held.seen);
    if (isSame(held.seen.cookie, cookie) && !isShortLived(held.seen)) return this.#report(sid, touched, held);
    const stored = await this.#sessions.write(sid, { ...held.seen, cookie }, () => held);
    if (stored) this.#held.set(touched, stored);
  }

  async #report(sid: string, used: session.SessionData, held: Held): Promise<void> {
    if (this.#active.delete(used)) return;
    if (this.#sessions.touches) await this.#sessions.touch(sid, held);
  }
}

/** Calls `done` in a microtask, so that an exception of the callback does not reject the call. */
function settle<T>(call: Promise<T>, done: Done<T> = () => {}): void {
  call.then(
    (result) => queueMicrotask(() => done(null, result)),
    (error: unknown) => queueMicrotask(() => done(toStoreError(error))),
  );
}
