import { assertKnownOptions, assertObject } from '@pip-sessions/contract/arguments';
import { isObject } from '../transport/json-object.ts';
import { systemTime } from '../transport/platform.ts';
import { fromStored, type LibraryJson, toStored } from './library-json.ts';
import { SessionStoreError } from './store-error.ts';

// biome-ignore lint/suspicious/noExplicitAny: each store has its own type of a session
type AnySession = any;
type Done = (error?: unknown, session?: AnySession) => void;

/** The methods that a store for express-session or @fastify/session has. */
export interface OldStore {
  /** Passes the session to `done`; null or undefined if there is none. */
  get(sid: string, done: Done): unknown;
  /** Stores a session. */
  set(sid: string, session: AnySession, done: Done): unknown;
  /** Deletes a session. */
  destroy(sid: string, done: Done): unknown;
  /** Records activity. Without it, `set` does. */
  touch?(sid: string, session: AnySession, done: Done): unknown;
}

/** The store that this one replaces, and how its sessions are taken over. */
export interface FallbackOptions {
  /** The store that the application had before, with its options. */
  readonly store: OldStore;
  /**
   * When all processes change over. Until then, the store only passes calls to the old one, so processes with the old
   * store and with this one can run side by side. Default: at once.
   */
  readonly from?: Date;
  /** If true, a session that was taken over stays in the old store until it ends there. Default false: it is deleted. */
  readonly leave?: boolean;
  /** The maximum time of a call of the old store in milliseconds. Default 2,000. */
  readonly timeout_ms?: number;
}

const FALLBACK_OPTIONS: Readonly<Record<keyof FallbackOptions, true>> = {
  store: true,
  from: true,
  leave: true,
  timeout_ms: true,
};
const TIMEOUT_MS = 2000;
const TIMEOUT_MS_MAX = 60_000;
/** How far the clocks of two processes of the application may differ. */
const CLOCKS_MS_MAX = 60_000;

/**
 * The phase of the move. `old`: only the old store has sessions. `changing`: this process uses the old store, but another
 * one, whose clock is ahead, may already use the new one. `new`: this process uses the new store.
 */
export type Phase = 'old' | 'changing' | 'new';

/** The sessions of the old store. A call that fails, or takes too long, rejects with `FALLBACK_UNAVAILABLE`. */
export class OldSessions {
  readonly #store: OldStore;
  readonly #from_ms: number;
  readonly #timeout_ms: number;
  /** Whether the old store keeps a session that was taken over. */
  readonly leaves: boolean;
  #hasWarned = false;

  /** Throws a `TypeError` that names an option which is wrong. */
  constructor(options: FallbackOptions) {
    assertObject(options, 'fallback', 'fallback: { store }');
    assertKnownOptions(options, 'fallback', FALLBACK_OPTIONS);
    const { store, from, leave = false, timeout_ms = TIMEOUT_MS } = options;
    for (const name of ['get', 'set', 'destroy'] as const) {
      if (typeof store?.[name] === 'function') continue;
      throw new TypeError(`fallback.store has no method ${name}: pass the store that the application had before.`);
    }
    if (from !== undefined && !(from instanceof Date && !Number.isNaN(from.getTime()))) {
      throw new TypeError('fallback.from must be a valid Date.');
    }
    if (typeof leave !== 'boolean') throw new TypeError('fallback.leave must be true or false.');
    if (!Number.isInteger(timeout_ms) || timeout_ms < 1 || timeout_ms > TIMEOUT_MS_MAX) {
      throw new TypeError(`fallback.timeout_ms must be an integer from 1 to ${TIMEOUT_MS_MAX}.`);
    }
    this.#store = store;
    this.#from_ms = from?.getTime() ?? Number.NEGATIVE_INFINITY;
    this.#timeout_ms = timeout_ms;
    this.leaves = leave;
  }

  phase(): Phase {
    const left_ms = this.#from_ms - systemTime();
    return left_ms <= 0 ? 'new' : left_ms <= CLOCKS_MS_MAX ? 'changing' : 'old';
  }

  /** Returns a session in its stored form; null if there is none. The store decides whether it has expired. */
  async get(sid: string): Promise<LibraryJson | null> {
    const session = await this.#call((done) => this.#store.get(sid, done));
    return isObject(session) ? toStored(session, null) : null;
  }

  async set(sid: string, data: LibraryJson): Promise<void> {
    await this.#call((done) => this.#store.set(sid, fromStored(data), done));
  }

  async touch(sid: string, data: LibraryJson): Promise<void> {
    if (typeof this.#store.touch !== 'function') return this.set(sid, data);
    await this.#call((done) => this.#store.touch?.(sid, fromStored(data), done));
  }

  async destroy(sid: string): Promise<void> {
    await this.#call((done) => this.#store.destroy(sid, done));
  }

  /** Like `destroy`, but a failure is only a process warning: the service has the session, or its end. */
  async remove(sid: string): Promise<void> {
    try {
      await this.destroy(sid);
    } catch {
      if (this.#hasWarned) return;
      this.#hasWarned = true;
      process.emitWarning('The former session store could not delete a session that is in the service now.', {
        code: 'PIP_SESSIONS_FALLBACK',
      });
    }
  }

  async #call(call: (done: Done) => unknown): Promise<unknown> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise((resolve, reject) => {
        const late = new Error(`It did not respond within ${this.#timeout_ms} ms.`);
        timer = setTimeout(reject, this.#timeout_ms, late);
        // Some stores return a promise, which may reject before they call `done`.
        const returned = call((error, session) => (error ? reject(error) : resolve(session)));
        Promise.resolve(returned).catch(reject);
      });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      throw new SessionStoreError('FALLBACK_UNAVAILABLE', `The former session store failed: ${problem}`, error);
    } finally {
      clearTimeout(timer);
    }
  }
}
