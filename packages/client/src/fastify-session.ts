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
import type { SessionStore } from '@fastify/session';
import type { Session } from 'fastify';
import { LibrarySessions } from './session-libraries/library-sessions.ts';
import { isSame } from './session-libraries/merge-members.ts';
import type { LibraryStoreOptions } from './session-libraries/options.ts';
import { toStoreError } from './session-libraries/store-error.ts';
import { fromStored, type Stored, toStored } from './session-libraries/stored.ts';

export type { Device, LibraryStoreOptions } from './session-libraries/options.ts';
export { SessionStoreError } from './session-libraries/store-error.ts';
export type { LibraryJson } from './session-libraries/stored.ts';

/**
 * The library copies the members of what it reads into an object of its own, and nothing else of it. A function is a
 * member that JSON leaves out, so neither what is stored nor whether the session was modified depends on it.
 */
const HELD = '@pip-sessions/held';

/**
 * A drop-in: applications change nothing else. Callbacks get a `SessionStoreError` when the service is away, which is
 * never taken for "no session". Saving a session that has ended does nothing, and never opens it again.
 *
 * The library has no `touch`, so reading counts as activity, and saving a session that has not changed is left out,
 * also where `rolling` asks for it with each request. It has no `all`, `length` and `clear` either.
 *
 * How long a session lives without activity is the cookie's `maxAge` when it is saved for the first time; later changes
 * of it reach the cookie alone, so regenerate the session when "stay signed in" makes it longer.
 */
export class PipSessionsStore implements SessionStore {
  readonly #sessions: LibrarySessions;
  /** What was written of each session object last. */
  readonly #written = new WeakMap<object, Stored>();

  /** Throws a `TypeError` that names the option which is wrong. */
  constructor(options: LibraryStoreOptions) {
    this.#sessions = new LibrarySessions(options, 'fastify-session');
  }

  get(sid: string, done: (error: unknown, session?: Session | null) => void): void {
    this.#sessions
      .read(sid, true)
      .then((stored) => stored && ({ ...fromStored(stored.data), [HELD]: () => stored } as unknown as Session))
      .then(
        (session) => queueMicrotask(() => done(null, session)),
        (error: unknown) => queueMicrotask(() => done(toStoreError(error))),
      );
  }

  set(sid: string, session: Session, done: (error?: unknown) => void): void {
    this.#save(sid, session).then(
      () => queueMicrotask(() => done()),
      (error: unknown) => queueMicrotask(() => done(toStoreError(error))),
    );
  }

  destroy(sid: string, done: (error?: unknown) => void): void {
    this.#sessions.destroy(sid).then(
      () => queueMicrotask(() => done()),
      (error: unknown) => queueMicrotask(() => done(toStoreError(error))),
    );
  }

  async #save(sid: string, session: Session): Promise<void> {
    const held = this.#heldOf(session);
    const data = toStored(session);
    if (held && isSame(held.data, data)) return;
    const stored = await this.#sessions.write(sid, data, held);
    if (stored) this.#written.set(session, stored);
  }

  #heldOf(session: Session): Stored | null {
    const read: unknown = Reflect.get(session, HELD);
    return this.#written.get(session) ?? (typeof read === 'function' ? read() : null);
  }
}
