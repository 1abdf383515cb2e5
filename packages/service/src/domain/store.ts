import type { ChangeListener } from './changes.ts';
import type { SessionFilter, SessionFilterV1 } from './filter.ts';
import type { Applied, CloseReason, Session, SessionSummary, SessionUpdate } from './session.ts';
import type { Clock } from './time/clock.ts';
import type { ClockDifference } from './time/clock-check.ts';

export type { SessionFilter, SessionFilterV1 };

/** Selects a page of a list. */
export interface PageRequest {
  /** The number of sessions to skip at the start. */
  readonly skip: number;
  /** The maximum number of sessions in the page. */
  readonly take: number;
  /** Whether to count all that match; a store may have to look at each of them. */
  readonly total: boolean;
}

/** One page of a list. */
export interface SessionPage {
  /** The sessions of this page. */
  readonly sessions: readonly SessionSummary[];
  /** How many match, over all pages; null unless asked for. */
  readonly total: number | null;
}

/** A place in the order of `scan`: that of the session with these members, whether it is still there or not. */
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
  /** Where to go on; null when nothing is left. */
  readonly next: ScanKey | null;
}

/** How many live sessions a user may have, and what happens to one more. */
export interface SessionLimit {
  /** The maximum number of live sessions of a user. */
  readonly max: number;
  /** The effect on one more session. */
  readonly policy: LimitPolicy;
}

export const LIMIT_POLICIES = ['deny', 'evict_oldest', 'evict_idle'] as const;

/** Refuse it, end the user's session that was opened first, or end the one that was used last the longest ago. */
export type LimitPolicy = (typeof LIMIT_POLICIES)[number];

/** A bulk close. */
export interface CloseMatching {
  /** Selects the sessions. */
  readonly filter: SessionFilter;
  /** Ids that stay open. */
  readonly except: readonly string[];
  /** The reason that the closed sessions get. */
  readonly reason: CloseReason;
  /** The maximum number of sessions to close. */
  readonly limit: number;
  /** Answers what would be closed, and closes nothing. */
  readonly dry_run: boolean;
}

export interface ClosedMatching {
  readonly ids: readonly string[];
  /** Whether more sessions match than `limit`. */
  readonly more: boolean;
}

export interface Expired {
  readonly count: number;
  /** The earliest of their deadlines; null for none. */
  readonly earliest: number | null;
}

/**
 * What happened in one hour, counted as it was written: what expires is counted by the sweep, in the hour of its end.
 * Entries of session libraries are left out (`browser-entries.ts`).
 */
export interface HourCounts {
  /** Its beginning. */
  readonly hour: number;
  /** The number of sessions that were opened. */
  readonly opened: number;
  /** The number of sessions that ended, by reason. */
  readonly closed: Readonly<Partial<Record<CloseReason, number>>>;
}

/** What became of an update; see `Applied`. */
export type UpdateResult = Applied | { readonly outcome: 'missing' };

/**
 * Where sessions live. The comments here are the contract; `stores/conformance/conformance.ts` checks it for every store.
 *
 * - Each operation is atomic: its guard and its change are one step that no other operation can come between.
 * - A promise that is fulfilled after a write means that the write is durable, as far as the store is durable at
 *   all. A rejected write has changed nothing, or, where the fault struck between the change and its answer, all.
 * - Sessions come back as they are stored, without `asOf`. They are never the store's own mutable objects.
 * - Time comes from `now`, in milliseconds, and from the clock that the store was created with: no store uses a clock of
 *   its servers. Nodes' clocks may differ, so no order of `now` between calls can be relied on.
 * - While the clock that the store was created with has a `problem`, nothing is ended by a deadline: an operation that
 *   would do so rejects with `STORE_UNAVAILABLE`, and has changed nothing.
 * - **An end is stored before anyone is told of it.** An operation that finds a session past its deadline, and refuses
 *   or counts it for that, ends it in the same step (`apply` does so). Whether a session is live is decided where a change
 *   is applied, in the store's own order, by the later of `now` and the clock at that moment: a change may have waited.
 * - Reads (`list`, `scan`, `count`) judge liveness by `now` alone. Their caller has ended what is due (`expire`), and
 *   passes a moment that is safely past, so that no session is shown as ended which a change can still keep alive.
 * - Faults of the store itself reject with `STORE_UNAVAILABLE`; they are never answered as "no such session".
 */
export interface SessionStore {
  /** Makes the store ready, creating or migrating what it needs. Rejects with `STORE_UNUSABLE` when it cannot. */
  open(): Promise<void>;
  /** Finishes the writes that were accepted, then lets go of everything. Calling it again does nothing. */
  close(): Promise<void>;
  /** Resolves when the store can be read and written to; else rejects with `STORE_UNAVAILABLE`. */
  ping(): Promise<void>;

  /**
   * Adds a session, and answers the user's sessions that it put out, which closes them as `evicted` at `now`. With a
   * limit, it ends the user's sessions that are past their deadline, so that none of those it did not count comes back.
   * Rejects with `ID_TAKEN`; with `SESSION_LIMIT` under the policy `deny`; with `STORE_FULL` when a bounded store has no room.
   */
  insert(session: Session, limit: SessionLimit | null, now: number): Promise<readonly Session[]>;
  /** Any session that is there, live or not; null for an id that is not there. */
  find(id: string): Promise<Session | null>;
  /** Applies an update under its guard (`apply` in `session.ts` defines both). */
  update(id: string, update: SessionUpdate, now: number): Promise<UpdateResult>;
  /** Deletes a session, live or not, and answers it as it was; null for an id that is not there. */
  remove(id: string): Promise<Session | null>;
  /** The newest `request_time` first, ties by id ascending. An empty page beyond the end, and for `take` 0. */
  list(filter: SessionFilterV1, page: PageRequest, now: number): Promise<SessionPage>;
  /**
   * The newest `open_time` first, ties by id ascending, from `after` on: an order that no change moves a session in.
   * At most `take`; fewer, even none, where the store has looked at as many sessions as it may at once.
   */
  scan(filter: SessionFilter, after: ScanKey | null, take: number, now: number): Promise<Scan>;
  /** How many match; a store may have to look at each of them. */
  count(filter: SessionFilter, now: number): Promise<number>;
  /**
   * Closes at most `limit` live sessions that match, in one step, each at `now`; ends those that are past their deadline.
   * Where sessions that may match cannot be read, it closes the others, and rejects.
   */
  closeMatching(request: CloseMatching, now: number): Promise<ClosedMatching>;
  /**
   * Closes at most `limit` sessions that are past their deadline, each at its deadline; with a `user_id` at least those of
   * that user. Costs little where there is none: every list asks for it.
   */
  expire(now: number, limit: number, user_id?: string): Promise<Expired>;
  /** Deletes at most `limit` sessions that ended before a moment, and were swept; answers how many. */
  purge(closed_before: number, limit: number): Promise<number>;
  /**
   * Takes the lease of what one node does at a time, or renews it, for `lease_ms` from `now` on: whether the holder has
   * it now. For 0 the holder gives it back. Where one process alone has the store, it has the lease too.
   *
   * A lease of another holder is void when it ends later than `lease_ms` and `LEASE_AHEAD_MS_MAX` after `now`: the clock
   * that made it was wrong.
   */
  lease(holder: string, lease_ms: number, now: number): Promise<boolean>;
  /**
   * How far a clock is ahead of that of the store's server; null for a store in this process. It is for the check of
   * clocks alone: no rule of liveness uses the server's clock.
   */
  clockDifference(clock: Clock): Promise<ClockDifference | null>;
  /** The hours since a moment in which something happened, the latest first. A store keeps two days of them. */
  hours(since: number): Promise<readonly HourCounts[]>;
  /** Tells of every change from now on, after it is durable, those of other nodes too; answers how to stop. */
  watch(listener: ChangeListener): () => void;
  /**
   * Up to when every change, those of other nodes too, has been told: a moment of `elapsedTime`. It stands still
   * while the store's feed is in doubt. A store that one process alone has tells each change as it makes it.
   */
  watermark(): number;
}
