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
import { LibrarySessions } from './session-libraries/library-sessions.ts';
import { isSame } from './session-libraries/merge-members.ts';
import type { LibraryStoreOptions } from './session-libraries/options.ts';
import { toStoreError } from './session-libraries/store-error.ts';
import { fromStored, type Stored, toStored } from './session-libraries/stored.ts';

export type { Device, LibraryStoreOptions } from './session-libraries/options.ts';
export { SessionStoreError } from './session-libraries/store-error.ts';
export type { LibraryJson } from './session-libraries/stored.ts';

type Done<T> = (error: unknown, result?: T) => void;

/**
 * A drop-in: applications change nothing else. Callbacks get a `SessionStoreError` when the service is away, which is
 * never taken for "no session". Saving or touching a session that has ended does nothing, and never opens it again.
 *
 * How long a session lives without activity is the cookie's `maxAge` when it is saved for the first time; later changes
 * of it reach the cookie alone, so regenerate the session when "stay signed in" makes it longer.
 */
export class PipSessionsStore extends session.Store {
  readonly #sessions: LibrarySessions;
  /** What was read or written of each session object last: what its next save is compared with. */
  readonly #held = new WeakMap<object, Stored>();

  /** Throws a `TypeError` that names the option which is wrong. */
  constructor(options: LibraryStoreOptions) {
    super();
    this.#sessions = new LibrarySessions(options, 'express-session');
  }

  override get(sid: string, done: Done<session.SessionData | null>): void {
    const found = this.#sessions.read(sid, false).then((stored) => stored && this.#hold(stored));
    settle(found, done);
  }

  override set(sid: string, session: session.SessionData, done?: Done<void>): void {
    settle(this.#save(sid, session), done);
  }

  override destroy(sid: string, done?: Done<void>): void {
    settle(this.#sessions.destroy(sid), done);
  }

  /** Counts as activity. */
  override touch(sid: string, session: session.SessionData, done?: Done<void>): void {
    settle(this.#sessions.touch(sid, this.#held.get(session) ?? null), done);
  }

  /** All live sessions of this store, 10,000 at most. */
  override all(done: Done<session.SessionData[]>): void {
    settle(
      this.#sessions.all().then((all) => all.map(fromStored) as unknown as session.SessionData[]),
      done,
    );
  }

  override length(done: Done<number>): void {
    settle(this.#sessions.count(), done);
  }

  override clear(done?: Done<void>): void {
    settle(this.#sessions.clear(), done);
  }

  override createSession(
    ...[request, data]: Parameters<session.Store['createSession']>
  ): ReturnType<session.Store['createSession']> {
    const created = super.createSession(request, data);
    const held = this.#held.get(data);
    if (held) this.#held.set(created, held);
    return created;
  }

  #hold(stored: Stored): session.SessionData {
    const data = fromStored(stored.data) as unknown as session.SessionData;
    this.#held.set(data, stored);
    return data;
  }

  async #save(sid: string, session: session.SessionData): Promise<void> {
    const held = this.#held.get(session) ?? null;
    const data = toStored(session);
    if (held && isSame(held.data, data)) return this.#sessions.touch(sid, held);
    const stored = await this.#sessions.write(sid, data, held);
    if (stored) this.#held.set(session, stored);
  }
}

/** What the callback throws is not the store's to catch. */
function settle<T>(call: Promise<T>, done: Done<T> = () => {}): void {
  call.then(
    (result) => queueMicrotask(() => done(null, result)),
    (error: unknown) => queueMicrotask(() => done(toStoreError(error))),
  );
}
