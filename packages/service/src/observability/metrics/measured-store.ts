import type { ChangeListener } from '../../domain/changes.ts';
import { SessionsError } from '../../domain/errors.ts';
import { Histogram } from '../../domain/figures/histogram.ts';
import type { StoreFigures } from '../../domain/figures/store-figures.ts';
import type { CloseReason, Session } from '../../domain/session.ts';
import type { SessionUpdate } from '../../domain/session-update.ts';
import type * as store from '../../domain/store.ts';
import { type Clock, monotonicTime } from '../../domain/time/clock.ts';
import type { ClockDifference } from '../../domain/time/clock-check.ts';

const SECONDS = [0.0005, 0.002, 0.01, 0.05, 0.25, 1];

/** The operations of a store whose durations are counted; leases and checks are `other`. */
export const STORE_OPERATIONS = [
  'insert',
  'find',
  'update',
  'remove',
  'list',
  'count',
  'close_matching',
  'expire',
  'purge',
  'remove_of_user',
  'other',
] as const;
type Operation = (typeof STORE_OPERATIONS)[number];

/** Why sessions were closed. `deadline` is for both deadlines: the stores do not say which one, if they end many. */
type CloseCause = Exclude<CloseReason, 'idle' | 'expired'> | 'deadline';

/** The calls of one operation. */
export interface CallCounts {
  /** Durations in seconds, those of failed calls included. */
  readonly durations: Histogram;
  /** The number of calls that failed; a call that a rule rejects has not failed. */
  failed: number;
}

/** The changes of the store by this process. */
export interface ChangeCounts {
  opened: number;
  rotated: number;
  /** Opens that were rejected because the user had the maximum number of sessions. */
  limited: number;
  readonly closed: Record<CloseCause, number>;
  readonly deleted: { request: number; user: number; retention: number };
}

/** Counts the calls of a store and the changes that they make. It adds no wait to a call. */
export class MeasuredStore implements store.SessionStore {
  readonly calls: Readonly<Record<Operation, CallCounts>> = Object.fromEntries(
    STORE_OPERATIONS.map((operation) => [operation, { durations: new Histogram(SECONDS), failed: 0 }]),
  ) as Record<Operation, CallCounts>;
  readonly changes: ChangeCounts = {
    opened: 0,
    rotated: 0,
    limited: 0,
    closed: { closed: 0, revoked: 0, evicted: 0, compromised: 0, deadline: 0 },
    deleted: { request: 0, user: 0, retention: 0 },
  };
  /** Called directly: a session in memory is found in less time than a measurement takes. */
  readonly peek?: (id: string) => Session | undefined;
  readonly #store: store.SessionStore;

  constructor(measured: store.SessionStore) {
    this.#store = measured;
    if (measured.peek) this.peek = measured.peek.bind(measured);
  }

  open(): Promise<void> {
    return this.#store.open();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  ping(): Promise<void> {
    return this.#measured('other', this.#store.ping());
  }

  insert(session: Session, limit: store.SessionLimit | null, now: number): Promise<readonly Session[]> {
    const done = (evicted: readonly Session[]) => {
      this.changes.opened += 1;
      this.changes.closed.evicted += evicted.length;
    };
    return this.#measured('insert', this.#store.insert(session, limit, now), done);
  }

  find(id: string): Promise<Session | null> {
    return this.#measured('find', this.#store.find(id));
  }

  update(id: string, update: SessionUpdate, now: number): Promise<store.UpdateResult> {
    const done = (result: store.UpdateResult) => {
      if (result.outcome !== 'updated') return;
      if (update.type === 'rotate') this.changes.rotated += 1;
      if (result.session.close_reason !== null) this.changes.closed[causeOf(result.session.close_reason)] += 1;
    };
    return this.#measured('update', this.#store.update(id, update, now), done);
  }

  remove(id: string): Promise<Session | null> {
    const done = (session: Session | null) => {
      if (session) this.changes.deleted.request += 1;
    };
    return this.#measured('remove', this.#store.remove(id), done);
  }

  list(filter: store.SessionFilterV1, page: store.PageRequest, now: number): Promise<store.SessionPage> {
    return this.#measured('list', this.#store.list(filter, page, now));
  }

  scan(filter: store.SessionFilter, after: store.ScanKey | null, take: number, now: number): Promise<store.Scan> {
    return this.#measured('list', this.#store.scan(filter, after, take, now));
  }

  count(filter: store.SessionFilter, now: number): Promise<number> {
    return this.#measured('count', this.#store.count(filter, now));
  }

  closeMatching(request: store.CloseMatching, now: number): Promise<store.ClosedMatching> {
    const done = ({ ids }: store.ClosedMatching) => {
      if (!request.dry_run) this.changes.closed[causeOf(request.reason)] += ids.length;
    };
    return this.#measured('close_matching', this.#store.closeMatching(request, now), done);
  }

  expire(now: number, limit: number, user_id?: string): Promise<store.Expired> {
    const done = ({ count }: store.Expired) => {
      this.changes.closed.deadline += count;
    };
    return this.#measured('expire', this.#store.expire(now, limit, user_id), done);
  }

  purge(closed_before: number, limit: number): Promise<number> {
    const done = (count: number) => {
      this.changes.deleted.retention += count;
    };
    return this.#measured('purge', this.#store.purge(closed_before, limit), done);
  }

  removeOfUser(user_id: string, limit: number, now: number): Promise<store.RemovedOfUser> {
    const done = ({ count }: store.RemovedOfUser) => {
      this.changes.deleted.user += count;
    };
    return this.#measured('remove_of_user', this.#store.removeOfUser(user_id, limit, now), done);
  }

  lease(holder: string, lease_ms: number, now: number): Promise<boolean> {
    return this.#measured('other', this.#store.lease(holder, lease_ms, now));
  }

  clockDifference(clock: Clock): Promise<ClockDifference | null> {
    return this.#measured('other', this.#store.clockDifference(clock));
  }

  hours(since: number): Promise<readonly store.HourCounts[]> {
    return this.#measured('other', this.#store.hours(since));
  }

  watch(listener: ChangeListener): () => void {
    return this.#store.watch(listener);
  }

  watermark(): number {
    return this.#store.watermark();
  }

  figures(): StoreFigures {
    return this.#store.figures?.() ?? { waiting: {} };
  }

  /** Returns the same promise, so that the caller waits no longer than without the measurement. */
  #measured<T>(operation: Operation, call: Promise<T>, done?: (result: T) => void): Promise<T> {
    const started = monotonicTime();
    const counts = this.calls[operation];
    call.then(
      (result) => {
        counts.durations.observe((monotonicTime() - started) / 1000);
        done?.(result);
      },
      (error: unknown) => {
        counts.durations.observe((monotonicTime() - started) / 1000);
        if (isFailure(error)) counts.failed += 1;
        else if (error instanceof SessionsError && error.code === 'SESSION_LIMIT') this.changes.limited += 1;
      },
    );
    return call;
  }
}

/** Whether the store failed, and did not apply one of the rules. */
function isFailure(error: unknown): boolean {
  return !(error instanceof SessionsError) || error.code === 'STORE_UNAVAILABLE' || error.code === 'STORE_FULL';
}

function causeOf(reason: CloseReason): CloseCause {
  return reason === 'idle' || reason === 'expired' ? 'deadline' : reason;
}
