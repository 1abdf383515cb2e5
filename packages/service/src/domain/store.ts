import type { ChangeListener } from './changes.ts';
import type { StoreFigures } from './figures/store-figures.ts';
import type { SessionFilter, SessionFilterV1 } from './lists/filter.ts';
import type { CloseReason, Session, SessionSummary } from './session.ts';
import type { Applied, SessionUpdate } from './session-update.ts';
import type { Clock } from './time/clock.ts';
import type { ClockDifference } from './time/clock-check.ts';

export type { SessionFilter, SessionFilterV1 };

/** Selects a page of a list. */
export interface PageRequest {
  /** The number of sessions to skip at the start. */
  readonly skip: number;
  /** The maximum number of sessions in the page. */
  readonly take: number;
  /** Whether to count all matching sessions. Counting may read each of them. */
  readonly total: boolean;
}

/** One page of a list. */
export interface SessionPage {
  /** The sessions of this page. */
  readonly sessions: readonly SessionSummary[];
  /** The number of matching sessions on all pages; null if `PageRequest.total` is false. */
  readonly total: number | null;
}

/** A position in the order of `scan`. The session with this key may no longer exist. */
export interface ScanKey {
  /** The `open_time` of the session. */
  readonly open_time: number;
  /** The id of the session. */
  readonly id: string;
}

/** A part of a scan. */
export interface Scan {
  /** The sessions of this part. */
  readonly sessions: readonly SessionSummary[];
  /** The key to pass as `after` for the next page; null on the last page. */
  readonly next: ScanKey | null;
}

/** The maximum number of live sessions of a user, and what to do when another one is opened. */
export interface SessionLimit {
  /** The maximum number of live sessions of a user. */
  readonly max: number;
  /** The effect on one more session. */
  readonly policy: LimitPolicy;
}

export const LIMIT_POLICIES = ['deny', 'evict_oldest', 'evict_idle'] as const;

/**
 * The rule for a user at the limit who opens a session:
 * - `deny`: the new session is rejected.
 * - `evict_oldest`: the user's session with the earliest `open_time` is closed.
 * - `evict_idle`: the user's session with the earliest `request_time` is closed.
 */
export type LimitPolicy = (typeof LIMIT_POLICIES)[number];

/** A bulk close. */
export interface CloseMatching {
  /** Selects the sessions. */
  readonly filter: SessionFilter;
  /** Ids of the only sessions that may be closed. Absent: all that match. */
  readonly only?: readonly string[] | undefined;
  /** Ids of sessions that are not closed. */
  readonly except: readonly string[];
  /** The reason that the closed sessions get. */
  readonly reason: CloseReason;
  /** The `closed_by` of the closed sessions. */
  readonly by?: string | undefined;
  /** The maximum number of sessions to close. */
  readonly limit: number;
  /** Returns the ids that would be closed, and closes nothing. */
  readonly dry_run: boolean;
}

export interface ClosedMatching {
  readonly ids: readonly string[];
  /** Whether more than `limit` sessions match. */
  readonly more: boolean;
}

export interface Expired {
  readonly count: number;
  /** The earliest deadline of the sessions that were closed; null if none was closed. */
  readonly earliest: number | null;
}

export interface RemovedOfUser {
  /** The number of sessions that were deleted. */
  readonly count: number;
  /** How many of them were live at `now`. */
  readonly live: number;
  /** Whether the user may have sessions left. If true, call again. */
  readonly more: boolean;
}

/**
 * The sessions opened and closed in one hour. Each is counted in the hour in which the store wrote it. A session that
 * expires is counted when a sweep or another operation closes it. Browser entries of session libraries are not counted
 * (`browser-entries.ts`).
 */
export interface HourCounts {
  /** Start of the hour. */
  readonly hour: number;
  /** The number of sessions that were opened. */
  readonly opened: number;
  /** The number of sessions that ended, by reason. */
  readonly closed: Readonly<Partial<Record<CloseReason, number>>>;
}

/** The result of an update (see `Applied`), or `missing` if the store has no session with the id. */
export type UpdateResult = Applied | { readonly outcome: 'missing' };

/**
 * Stores sessions. These comments are the contract; `stores/conformance/conformance.ts` checks it for every store.
 *
 * - Each operation is atomic. No other operation runs between its guard and its change.
 * - A write that resolves is durable, as far as the store is durable at all. A write that rejects has changed nothing.
 *   Only if a fault occurs after the change, before its result arrives, it has changed everything.
 * - Sessions are returned as they are stored, without `asOf`. Returned objects are never the store's own mutable
 *   objects.
 * - A store gets the time from `now`, in milliseconds since 1970, and from the clock that it was created with. It never
 *   uses a clock of its server. The clocks of nodes differ, so `now` may go back between two calls.
 * - While the clock of the store has a `problem`, no session is ended by a deadline. An operation that would end one
 *   rejects with `STORE_UNAVAILABLE` and has changed nothing.
 * - **The end of a session is stored before it is reported.** An operation may reject or ignore a session because of
 *   its deadline. It then ends that session in the same step (`apply` does this).
 * - Whether a session is live is decided when the change is applied, by the later of `now` and the clock at that
 *   moment. The change may have waited in a queue.
 * - Reads (`list`, `scan`, `count`) decide by `now` alone whether a session is live. The caller has already ended the
 *   sessions that are past their deadline (`expire`), and passes a `now` that lies safely in the past. Therefore no
 *   session is shown as ended while another change can still extend it.
 * - Faults of the store reject with `STORE_UNAVAILABLE`. They are never reported as a missing session.
 */
export interface SessionStore {
  /** Prepares the store; creates or migrates its tables or files. Rejects with `STORE_UNUSABLE` if that fails. */
  open(): Promise<void>;
  /** Completes the accepted writes, then releases all resources. A second call does nothing. */
  close(): Promise<void>;
  /** Resolves if the store can be read and written; else rejects with `STORE_UNAVAILABLE`. */
  ping(): Promise<void>;

  /**
   * Adds a session. Returns the user's sessions that were evicted for it; they are closed as `evicted` at `now`.
   *
   * With a limit, the operation also ends the user's sessions that are past their deadline. They were not counted, so
   * they must not become live again. Rejects with `ID_TAKEN`, with `SESSION_LIMIT` under the policy `deny`, and with
   * `STORE_FULL` if a bounded store is full.
   */
  insert(session: Session, limit: SessionLimit | null, now: number): Promise<readonly Session[]>;
  /** Returns the session with the id, live or ended; null if there is none. */
  find(id: string): Promise<Session | null>;
  /**
   * Returns the session if `find` would return it from memory; else undefined. Validations call it first. Only stores of
   * one process with a cache have it.
   */
  peek?(id: string): Session | undefined;
  /** Applies an update if its guard holds. `apply` in `session.ts` defines both. */
  update(id: string, update: SessionUpdate, now: number): Promise<UpdateResult>;
  /** Deletes a session, live or ended, and returns it as it was; null if there is none. */
  remove(id: string): Promise<Session | null>;
  /**
   * Returns sessions by `request_time`, latest first; equal times by `id`, ascending. The page is empty if `skip` is
   * beyond the last session or `take` is 0.
   */
  list(filter: SessionFilterV1, page: PageRequest, now: number): Promise<SessionPage>;
  /**
   * Returns sessions after the key `after`, by `open_time`, latest first; equal times by `id`, ascending. No change
   * moves a session in this order. Returns at most `take` sessions. It returns fewer, even none, when the store has
   * read the largest number of sessions that it reads in one call.
   */
  scan(filter: SessionFilter, after: ScanKey | null, take: number, now: number): Promise<Scan>;
  /** Counts the matching sessions. A store may have to read each of them. */
  count(filter: SessionFilter, now: number): Promise<number>;
  /**
   * Closes at most `limit` matching live sessions in one step, each at `now`. Sessions past their deadline are ended
   * too. If sessions that may match cannot be read, closes the others and rejects.
   */
  closeMatching(request: CloseMatching, now: number): Promise<ClosedMatching>;
  /**
   * Closes at most `limit` sessions that are past their deadline, each at its deadline. With a `user_id`, it closes at
   * least those of that user. It must be cheap if there are none: every list calls it.
   */
  expire(now: number, limit: number, user_id?: string): Promise<Expired>;
  /**
   * Deletes at most `limit` sessions that ended before `closed_before` and are stored as closed. Returns their number.
   */
  purge(closed_before: number, limit: number): Promise<number>;
  /**
   * Deletes at most `limit` sessions of a user, live or ended, each as `remove` does. Sessions that another node opens
   * meanwhile may be left. If sessions of the user cannot be read, deletes the others and rejects.
   */
  removeOfUser(user_id: string, limit: number, now: number): Promise<RemovedOfUser>;
  /**
   * Takes or renews the lease for work that only one node does at a time. The lease ends `lease_ms` after `now`.
   * Returns whether the holder has the lease. With `lease_ms` 0 the holder releases it. A store that belongs to one
   * process always grants it.
   *
   * The lease of another holder is void if it ends later than `now` + `lease_ms` + `LEASE_AHEAD_MS_MAX`. Such a lease
   * was made with a wrong clock.
   */
  lease(holder: string, lease_ms: number, now: number): Promise<boolean>;
  /**
   * Returns how far `clock` is ahead of the clock of the store's server; null for a store in this process. Only the
   * clock check uses it: no rule about live sessions uses the server's clock.
   */
  clockDifference(clock: Clock): Promise<ClockDifference | null>;
  /**
   * Returns the hours since `since` in which sessions were opened or closed, the latest first. A store keeps two days.
   */
  hours(since: number): Promise<readonly HourCounts[]>;
  /**
   * Calls `listener` for every change from now on, after the change is durable. Changes of other nodes are included.
   * Returns a function that stops it.
   */
  watch(listener: ChangeListener): () => void;
  /**
   * Returns the watermark: all changes before it have been published, those of other nodes included. It is a time of
   * `elapsedTime`, in milliseconds. It stands still while the feed of the store may have missed changes. A store that
   * belongs to one process publishes each change when it makes it.
   */
  watermark(): number;
  /** Returns the state of the store's queues and connections, for the metrics. Optional. */
  figures?(): StoreFigures;
}
