import { userHash } from '../ids.ts';
import { BEFORE_ALL_DEADLINES } from '../lists/filter.ts';
import type { Session } from '../session.ts';
import type { Scan, ScanKey, SessionStore } from '../store.ts';
import { settled } from '../sweeps/due-sessions.ts';
import type { Clock } from '../time/clock.ts';
import { assertIsUser } from './browser-entries.ts';

/** Number of sessions that an export looks up at a time, and that it reads at a time with `user` and `data`. */
const PAGE_SIZE = 256;
const READ_AT_ONCE_MAX = 64;

/** Maximum number of sessions that one step of an erasure deletes, and of steps. Other work runs between two steps. */
const BATCH_MAX = 500;
const STEPS_MAX = 40;

/** The receipt of an erasure. */
export interface Erased {
  /** `userHash` of the user's id. */
  readonly user_id_hash: string;
  /** When the erasure began. */
  readonly time: number;
  /** The number of sessions that were deleted. */
  readonly erased: number;
  /** How many of them were live. */
  readonly closed: number;
  /** Whether the user may have sessions left: there are too many for one call. */
  readonly more: boolean;
}

/**
 * The data about one user: all sessions, live and ended. Both methods throw or reject with `INVALID_DATA` for an
 * owner of browser entries, and with `STORE_UNAVAILABLE` if the store fails.
 */
export class UserData {
  readonly #store: SessionStore;
  readonly #clock: Clock;
  /** Settles when no export reads sessions. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(store: SessionStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Yields all sessions of a user, latest `open_time` first, in small parts. Each session that exists the whole time is
   * in one of them. A session that is opened or deleted meanwhile may be missing.
   */
  export(user_id: string): AsyncGenerator<readonly Session[]> {
    assertIsUser(user_id);
    return this.#export(user_id);
  }

  /** Deletes all sessions that a user had when the call began, and those that the user opens until it ends. */
  async erase(user_id: string): Promise<Erased> {
    assertIsUser(user_id);
    const time = this.#clock.now();
    let erased = 0;
    let closed = 0;
    let more = true;
    for (let step = 0; more && step < STEPS_MAX; step += 1) {
      const removed = await this.#store.removeOfUser(user_id, BATCH_MAX, time);
      erased += removed.count;
      closed += removed.live;
      more = removed.more;
    }
    return { user_id_hash: userHash(user_id), time, erased, closed, more };
  }

  async *#export(user_id: string): AsyncGenerator<readonly Session[]> {
    let after: ScanKey | null = null;
    do {
      // The page is only used for its ids. Each session is settled when it is read.
      const page: Scan = await this.#store.scan({ user_id }, after, PAGE_SIZE, BEFORE_ALL_DEADLINES);
      for (let at = 0; at < page.sessions.length; at += READ_AT_ONCE_MAX) {
        yield await this.#inTurn(page.sessions.slice(at, at + READ_AT_ONCE_MAX).map(({ id }) => id));
      }
      after = page.next;
    } while (after !== null);
  }

  /** One export after the other: many at once would read so much that other calls to the store time out. */
  #inTurn(ids: readonly string[]): Promise<readonly Session[]> {
    const turn = this.#reading.then(() => this.#read(ids));
    this.#reading = turn.catch(() => {});
    return turn;
  }

  /** In parallel, so that a remote store can read them in one round trip. */
  async #read(ids: readonly string[]): Promise<readonly Session[]> {
    const found = await Promise.all(ids.map((id) => this.#store.find(id)));
    const now = this.#clock.now();
    const sessions = await Promise.all(found.map((session) => session && settled(this.#store, session, now)));
    return sessions.filter((session) => session !== null);
  }
}
