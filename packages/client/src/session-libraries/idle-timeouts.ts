import type { OpenRequest, OpenResult, Session } from '@pip-sessions/contract/v2';
import { isObject } from '../transport/json-object.ts';
import { IdleTimeoutMaximum } from '../v2/idle-timeout-maximum.ts';
import { type LibraryJson, remainingMs } from './library-json.ts';
import { isSame } from './merge-members.ts';
import type { LibraryStoreOptions } from './options.ts';

/** The maximum idle timeout of API v2, in seconds. */
const SECONDS_MAX = 315_360_000;
/** The default of the service in seconds, until an open session shows another one. */
const DEFAULT_S = 86_400;

/**
 * The idle timeouts of sessions. A `maxAge` above the service's maximum becomes that maximum: a session that ends
 * earlier is better than none. The first time, a process warning names the setting.
 */
export class IdleTimeouts {
  readonly #client: LibraryStoreOptions['client'];
  readonly #maximum = new IdleTimeoutMaximum(SECONDS_MAX);
  #default_s = DEFAULT_S;
  #hasWarned = false;

  constructor(client: LibraryStoreOptions['client']) {
    this.#client = client;
  }

  async open(request: OpenRequest, data: LibraryJson, key: string): Promise<OpenResult> {
    const options = { idempotency_key: key };
    const wanted = secondsOf(data);
    if (wanted !== null) {
      return this.#bounded(wanted, (idle_timeout) => this.#client.open({ ...request, idle_timeout }, options));
    }
    const opened = await this.#client.open(request, options);
    const { session } = opened;
    // Otherwise the session was opened before, with its own timeout.
    const isNew = isSame(session.data, data) || (isObject(session.data) && isSame(session.data.session, data));
    if (isNew) this.#default_s = session.idle_timeout;
    return opened;
  }

  /** Whether two versions of a session have different idle timeouts. */
  differ(before: LibraryJson, after: LibraryJson): boolean {
    return this.#within(before) !== this.#within(after);
  }

  update(id: string, data: LibraryJson): Promise<Session> {
    return this.#bounded(secondsOf(data) ?? this.#default_s, (idle_timeout) =>
      this.#client.update(id, { idle_timeout }),
    );
  }

  #within(data: LibraryJson): number {
    return this.#maximum.bounded(secondsOf(data) ?? this.#default_s);
  }

  #bounded<T>(wanted_s: number, call: (idle_timeout: number) => Promise<T>): Promise<T> {
    return this.#maximum.within(wanted_s, call, (max_s) => this.#warn(wanted_s, max_s));
  }

  #warn(wanted_s: number, max_s: number): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    process.emitWarning(
      `The cookie's maxAge is ${wanted_s} seconds, but the sessions service allows ${max_s} seconds at most. ` +
        'Raise its setting SESSIONS_IDLE_TIMEOUT_MAX, or set a shorter maxAge.',
      { code: 'PIP_SESSIONS_IDLE_TIMEOUT_MAX' },
    );
  }
}

function secondsOf(data: LibraryJson): number | null {
  const ms = remainingMs(data);
  return ms === null ? null : Math.max(1, Math.min(Math.ceil(ms / 1000), SECONDS_MAX));
}
