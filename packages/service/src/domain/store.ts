import type { Session, SessionChange, SessionSummary } from './session.ts';

/** Which sessions; a member that is not there does not filter. */
export interface SessionFilter {
  readonly id?: string;
  readonly user_id?: string;
  /** By the rule of liveness at the list's `now`, not by whether a sweep has passed. */
  readonly active?: boolean;
  /** Inclusive, on `request_time`. */
  readonly from_time?: number;
  /** Exclusive, on `request_time`. */
  readonly to_time?: number;
}

export interface PageRequest {
  readonly skip: number;
  readonly take: number;
  /** Whether to count all that match; a store may have to look at each of them. */
  readonly total: boolean;
}

export interface SessionPage {
  readonly sessions: readonly SessionSummary[];
  /** How many match, over all pages; null unless asked for. */
  readonly total: number | null;
}

/**
 * What became of a change. `refused` answers the stored session that is not live (read it through `asOf`), and
 * means that nothing was written.
 */
export type UpdateResult =
  | { readonly outcome: 'updated'; readonly session: Session }
  | { readonly outcome: 'refused'; readonly session: Session }
  | { readonly outcome: 'missing' };

/**
 * Where sessions live. The comments here are the contract; `stores/conformance.ts` checks it for every store.
 *
 * - Each operation is atomic: its guard and its change are one step that no other operation can come between.
 * - A promise that is fulfilled after a write means that the write is durable, as far as the store is durable at
 *   all. A rejected write has changed nothing, or, where the fault struck between the change and its answer, all.
 * - Sessions come back as they are stored, without `asOf`. They are never the store's own mutable objects.
 * - Time comes only from `now`, in milliseconds; it does not decrease from one call to the next.
 * - Faults of the store itself reject with `STORE_UNAVAILABLE`; they are never answered as "no such session".
 */
export interface SessionStore {
  /** Makes the store ready, creating or migrating what it needs. Rejects with `STORE_UNUSABLE` when it cannot. */
  open(): Promise<void>;
  /** Finishes the writes that were accepted, then lets go of everything. Calling it again does nothing. */
  close(): Promise<void>;
  /** Resolves when the store can answer; else rejects with `STORE_UNAVAILABLE`. */
  ping(): Promise<void>;

  /** Adds a session. Rejects with `ID_TAKEN`, or with `STORE_FULL` when a bounded store has no room for it. */
  insert(session: Session): Promise<void>;
  /** Any session that is there, live or not; null for an id that is not there. */
  find(id: string): Promise<Session | null>;
  /** Applies a change under its guard (`apply` in `session.ts` defines both). */
  update(id: string, change: SessionChange, now: number): Promise<UpdateResult>;
  /** Deletes a session, live or not, and answers it as it was; null for an id that is not there. */
  remove(id: string): Promise<Session | null>;
  /** The newest `request_time` first, ties by id ascending. An empty page beyond the end, and for `take` 0. */
  list(filter: SessionFilter, page: PageRequest, now: number): Promise<SessionPage>;
  /** Closes at most `limit` sessions that are past their deadline, each at its deadline; answers how many. */
  expire(now: number, limit: number): Promise<number>;
}
