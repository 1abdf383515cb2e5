/**
 * A store for koa-session in the sessions service.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { PipSessionsStore } from '@pip-sessions/client/koa-session';
 * import Koa from 'koa';
 * import session from 'koa-session';
 *
 * const app = new Koa();
 * app.keys = [secret];
 * const store = new PipSessionsStore({ client: createSessionsClient({ url: 'http://localhost:8080', key }) });
 * app.use(session({ store, maxAge: 3_600_000, rolling: true }, app));
 */
import type { OwnSessionPage } from '@pip-sessions/contract/v2';
import type { Context } from 'koa';
import type { DevicesRequest } from '../v2/own-sessions.ts';
import type { Held } from './entry.ts';
import { fromKoa, toKoa, withoutExpiry } from './koa-session-json.ts';
import type { LibraryJson } from './library-json.ts';
import { isSame } from './merge-members.ts';
import type { LibraryStoreOptions } from './options.ts';
import { LibrarySessions } from './sessions/library-sessions.ts';
import { toStoreError } from './store-error.ts';

export type { DevicesRequest } from '../v2/own-sessions.ts';
export type { LibraryJson } from './library-json.ts';
export type { Device, LibrarySessionJson, LibraryStoreOptions } from './options.ts';
export { SessionStoreError } from './store-error.ts';

/** The options of the store. The option `rolling` of koa-session takes the place of `disableTouch`. */
export type KoaStoreOptions = Omit<LibraryStoreOptions<Context>, 'disableTouch' | 'fallback'>;

/** The options with which koa-session calls a store. */
export interface KoaCallOptions {
  /** The context of the request. */
  readonly ctx?: Context;
  /** The option of koa-session. */
  readonly rolling?: boolean | undefined;
}

/**
 * A store for koa-session in the sessions service. Applications change nothing else. Calls reject with a
 * `SessionStoreError` if the service is unavailable, which is never treated as "no session". Saving an ended session
 * does nothing: it never opens the session again.
 *
 * `maxAge` is the idle timeout of the session, also when it is changed later. The service's setting
 * SESSIONS_IDLE_TIMEOUT_MAX limits it. With `rolling`, each request counts as activity, and costs no write. Without, a
 * session ends `maxAge` after its last save, as in other stores. `renew` saves it when half of that time has passed.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { PipSessionsStore } from '@pip-sessions/client/koa-session';
 *
 * const client = createSessionsClient({ url: 'http://localhost:8080', key });
 * const store = new PipSessionsStore({ client, user_id: ({ passport }) => passport?.user?.id ?? null });
 */
export class PipSessionsStore {
  readonly #sessions: LibrarySessions;
  /** The last version that each request has read or written: its next save is compared with it. */
  readonly #held = new WeakMap<object, Held>();

  /** Throws a `TypeError` that names an option which is wrong. */
  constructor(options: KoaStoreOptions) {
    if (options && 'disableTouch' in options)
      throw new TypeError('disableTouch is not an option of this store: omit rolling in the options of koa-session.');
    if (options && 'fallback' in options)
      throw new TypeError('fallback is not an option of this store: stores of koa-session have other methods.');
    this.#sessions = new LibrarySessions(options as LibraryStoreOptions, 'koa-session');
  }

  /** The library calls this. Returns null if the session does not exist or has ended. */
  get(sid: string, maxAge?: unknown, { ctx, rolling = false }: KoaCallOptions = {}): Promise<LibraryJson | null> {
    return settled(this.#read(sid, rolling || maxAge === 'session', rolling, ctx));
  }

  /** The library calls this. */
  set(sid: string, session: object, _maxAge?: unknown, options: KoaCallOptions = {}): Promise<void> {
    return settled(this.#save(sid, fromKoa(session), options));
  }

  /** The library calls this. */
  destroy(sid: string): Promise<void> {
    return settled(this.#sessions.destroy(sid));
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
   * const page = await store.devices(ctx.session.externalKey);
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
   * Returns all live sessions of this store, each with its `id`. Rejects for more than 10,000 with a
   * `SessionStoreError` (code `TOO_MANY_SESSIONS`).
   */
  async all(): Promise<LibraryJson[]> {
    const all = await settled(this.#sessions.list.all());
    return all.map(({ id, ...session }) => ({ ...toKoa(session, false), id }));
  }

  /**
   * Returns the ids of all live sessions of this store. Rejects for more than 10,000 with a `SessionStoreError` (code
   * `TOO_MANY_SESSIONS`).
   */
  ids(): Promise<string[]> {
    return settled(this.#sessions.list.ids());
  }

  /**
   * Returns the number of live sessions of this store. It includes visitors, and users who were revoked elsewhere and
   * have not returned since.
   */
  length(): Promise<number> {
    return settled(this.#sessions.list.count());
  }

  /** Ends all sessions of this store. */
  clear(): Promise<void> {
    return settled(this.#sessions.list.clear());
  }

  async #read(sid: string, isActivity: boolean, isRolling: boolean, ctx?: object): Promise<LibraryJson | null> {
    const held = await this.#sessions.read(sid, isActivity);
    if (held === null) return null;
    if (ctx) this.#held.set(ctx, held);
    const session = toKoa(held.data, isRolling);
    // A session without an end of its own is in use as long as requests read it.
    if (session._session === true && !isActivity) await this.#sessions.touch(sid);
    return session;
  }

  async #save(sid: string, data: LibraryJson, { ctx, rolling = false }: KoaCallOptions): Promise<void> {
    const heldNow = () => (ctx && this.#held.get(ctx)) ?? null;
    const held = heldNow();
    // With `rolling`, reading has recorded the activity.
    const isUnchanged = held?.sid === sid && isSame(withoutExpiry(held.seen), withoutExpiry(data));
    if (rolling && isUnchanged) return;
    const stored = await this.#sessions.write(sid, data, heldNow, ctx);
    if (stored && ctx) this.#held.set(ctx, stored);
  }
}

function settled<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    throw toStoreError(error);
  });
}
