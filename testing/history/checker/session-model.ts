import type { CloseReason } from '../../../packages/service/src/domain/session.ts';
import type { Micros, Seen } from '../history.ts';
import type { PendingCalls } from './pending-calls.ts';
import { Revisions } from './revisions.ts';
import { Staircase } from './staircase.ts';
import { type Invariant, ViolationError } from './violation.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** When a response or an event was seen, and how old its content may be. */
export interface Sight {
  readonly start: Micros;
  readonly time: Micros;
  /** How long a cache may show data that a later change has replaced; 0 for a read of the store. */
  readonly lag: Micros;
  /** The latest time that any node's clock has shown, in milliseconds since 1970. */
  readonly clock_max: number;
  readonly pending: PendingCalls;
}

/** How a session ended, as far as responses and events have shown it. */
export interface End {
  readonly reason: CloseReason | null;
  readonly close_time: number | null;
  readonly revision: number | null;
}

/** Everything that was shown of one session, from its open request to its removal. */
export class SessionModel {
  /** `Operation.number` of the open request. */
  readonly number: number;
  readonly user: string;
  readonly invoked: Micros;
  readonly revisions: Revisions;
  readonly stairs = new Staircase();
  id: string | null;
  /** When the session was first shown to exist. */
  opened_at: Micros = NEVER;
  /** When the session was first shown as not live, and how it ended. */
  ended_at: Micros = NEVER;
  end: End = { reason: null, close_time: null, revision: null };
  /** When the session was first shown as removed. */
  gone_at: Micros = NEVER;
  remove_invoked = false;
  /** The tokens of this session. An earlier or later session with the same id has other tokens. */
  readonly tokens = new Set<string>();
  /** Reasons of the requests that may have ended the session. */
  readonly causes = new Set<CloseReason>();
  /** Whether the open request is in progress, or has an unknown outcome. */
  is_uncertain = true;
  /** The shortest and the longest idle timeout that the session may have had, and its earliest absolute deadline. */
  idle_min = NEVER;
  idle_max = 0;
  expire_min: number | null = null;
  isAmended = false;
  #first: Seen | null = null;

  constructor(number: number, user: string, id: string | null, invoked: Micros) {
    this.number = number;
    this.user = user;
    this.id = id;
    this.invoked = invoked;
    this.revisions = new Revisions(this);
  }

  /** The session as it was first shown; null until then. */
  get first(): Seen | null {
    return this.#first;
  }

  /** Whether a call that started at that moment may still show the session as live. */
  mayBeLive(start: Micros): boolean {
    return this.ended_at >= start && this.gone_at >= start;
  }

  /** The earliest moment at which the session can end by itself. */
  get deadline_min(): number {
    if (!this.#first) return 0;
    return Math.min(this.stairs.last().request_time + this.idle_min, this.expire_min ?? NEVER);
  }

  /** Notes that its deadlines may be different from now on. */
  amend(idle_timeout_ms: number | null, expires: boolean): void {
    this.isAmended = true;
    if (idle_timeout_ms !== null) this.#allowIdle(idle_timeout_ms);
    // The node computes this time with its own clock.
    if (expires) this.expire_min = 0;
  }

  see(seen: Seen, sight: Sight): void {
    this.#exist(seen, sight);
    const { revision, request_time, close_reason, close_time } = seen;
    const floor = this.stairs.before(sight.start - sight.lag);
    if (revision < floor.revision) {
      // A contradiction of the end is the more serious violation, so it is reported first.
      if (close_reason === null) this.#assertLiveIsNew(sight);
      this.fail('revision-never-falls', `revision ${revision} is shown after revision ${floor.revision}`);
    }
    if (close_reason === null) this.seeLive(sight, revision);
    else this.seeEnd({ reason: close_reason, close_time, revision }, sight);
    if (sight.lag === 0 && request_time < floor.request_time) {
      this.fail('write-survives', `activity of ${request_time} is shown after activity of ${floor.request_time}`);
    }
    this.revisions.show(seen);
    this.stairs.raise(sight.time, revision, request_time);
    if (close_reason === null && this.end.reason === 'idle') this.#assertNotEarly();
  }

  /** A response showed the session as live; the revision is null if the response does not have it. */
  seeLive(sight: Sight, revision: number | null): void {
    this.#assertLiveIsNew(sight);
    if (revision !== null && this.end.revision !== null && revision >= this.end.revision) {
      this.fail(
        'end-never-changes',
        `it is live at revision ${revision}, but ended with revision ${this.end.revision}`,
      );
    }
    if (revision !== null) this.revisions.seeLive(revision);
  }

  /** The session has ended. The reason, the time or the revision is null if the response does not have it. */
  seeEnd(end: End, sight: Sight): void {
    for (const part of ['reason', 'close_time', 'revision'] as const) {
      const [before, now] = [this.end[part], end[part]];
      if (before !== null && now !== null && before !== now) {
        this.fail('end-never-changes', `its ${part} was ${before}, and is ${now}`);
      }
    }
    const { reason, close_time, revision } = this.end;
    const isNews = end.reason !== reason && end.reason !== null;
    this.end = {
      reason: end.reason ?? reason,
      close_time: end.close_time ?? close_time,
      revision: end.revision ?? revision,
    };
    this.ended_at = Math.min(this.ended_at, sight.time);
    if (end.revision !== null && end.revision <= this.revisions.live_max) {
      const message = `it ended with revision ${end.revision}, but was live at revision ${this.revisions.live_max}`;
      this.fail('end-never-changes', message);
    }
    if (isNews) this.#assertCause(sight);
    if (this.end.reason === 'idle') this.#assertNotEarly();
  }

  /** Calls in progress may be meant for an earlier session with this id. */
  inherit(earlier: SessionModel): void {
    this.remove_invoked ||= earlier.remove_invoked;
    for (const reason of earlier.causes) this.causes.add(reason);
    if (!earlier.isAmended) return;
    this.amend(null, earlier.expire_min === 0);
    if (earlier.idle_max === 0) return;
    this.#allowIdle(earlier.idle_min);
    this.#allowIdle(earlier.idle_max);
  }

  fail(invariant: Invariant, message: string, is_absence = false): never {
    const { number, user, id } = this;
    throw new ViolationError(invariant, `session ${number} (${id}): ${message}`, { number, user, is_absence });
  }

  #exist(seen: Seen, { start, time, lag }: Sight): void {
    if (seen.user !== this.user) this.fail('response', `it belongs to ${seen.user}, but ${this.user} opened it`);
    this.id ??= seen.id;
    if (this.id !== seen.id) this.fail('response', `its idempotency key names another id than ${seen.id}`);
    if (!this.#first) {
      this.#first = seen;
      this.expire_min = this.isAmended ? 0 : seen.expire_time;
    }
    this.#allowIdle(seen.idle_timeout_ms);
    for (const part of ['id', 'open_time'] as const) {
      if (this.#first[part] !== seen[part]) {
        this.fail('write-survives', `its ${part} was ${this.#first[part]}, and is ${seen[part]}`);
      }
    }
    if (start - lag > this.gone_at) this.fail('ended-stays-ended', 'it exists again after its removal');
    this.opened_at = Math.min(this.opened_at, time);
    this.is_uncertain = false;
  }

  #allowIdle(idle_timeout_ms: number): void {
    this.idle_min = Math.min(this.idle_min, idle_timeout_ms);
    this.idle_max = Math.max(this.idle_max, idle_timeout_ms);
  }

  #assertLiveIsNew({ start, lag }: Sight): void {
    if (start - lag > this.gone_at) this.fail('ended-stays-ended', 'it is live after its removal');
    if (start - lag <= this.ended_at) return;
    const how = this.end.reason === null ? 'it had ended' : `it had ended as ${this.end.reason}`;
    this.fail('ended-stays-ended', `it is live, but an earlier response shows that ${how}`);
  }

  /** The reason must be that of a request, or of a deadline that a clock has reached. */
  #assertCause({ clock_max, pending }: Sight): void {
    const { reason, close_time } = this.end;
    if (reason === 'idle' || reason === 'expired') {
      // The end may be published before the response to the open request.
      if (!this.#first) return;
      const { request_time } = this.stairs.last();
      const deadline = reason === 'idle' ? request_time + this.idle_min : (this.expire_min ?? NEVER);
      const at = Math.max(deadline, close_time ?? 0);
      if (clock_max < at) this.fail('deadline-is-kept', `it is ${reason}, but no clock had reached ${at} yet`);
      if (reason === 'expired' && close_time !== null && !this.isAmended && close_time !== this.expire_min) {
        this.fail('deadline-is-kept', `it expired at ${close_time}, but its expire_time is ${this.expire_min}`);
      }
    } else if (reason !== null && !this.causes.has(reason) && !pending.mayEnd(this.user, reason)) {
      this.fail('end-has-cause', `it is ${reason}, but no request could have ended it so`, true);
    }
  }

  /** Activity that was shown counts: the idle timeout begins there. */
  #assertNotEarly(): void {
    const { close_time } = this.end;
    if (close_time === null || !this.#first) return;
    const deadline = this.stairs.last().request_time + this.idle_min;
    if (close_time < deadline) {
      this.fail('deadline-is-kept', `it became idle at ${close_time}, but its idle deadline is ${deadline}`);
    }
  }
}
