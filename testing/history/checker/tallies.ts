import { CLOSE_REASONS } from '@pip-sessions/contract/close-reasons';
import type { CloseReason } from '../../../packages/service/src/domain/session.ts';
import type { Closed } from '../history.ts';
import type { SessionModel } from './session-model.ts';
import { ViolationError } from './violation.ts';

/** Counts what /v2/stats must show: sessions opened, and ended by each reason. */
export class Tallies {
  #opened = 0;
  /** Sessions that were removed before any response showed whether they had ended. */
  #uncertain = 0;
  readonly #closed = new Map<CloseReason, number>();
  readonly #counted = new WeakSet<SessionModel>();
  readonly #removed = new WeakSet<SessionModel>();

  opened(): void {
    this.#opened += 1;
  }

  /** Call it whenever something new is known about a session. */
  note(session: SessionModel): void {
    const { reason } = session.end;
    if (reason === null || this.#counted.has(session)) return;
    this.#counted.add(session);
    this.#closed.set(reason, (this.#closed.get(reason) ?? 0) + 1);
  }

  /**
   * The session was removed. If the removal is the first to show an end by deadline, that end may never have been
   * stored.
   */
  removed(session: SessionModel, shows: 'live' | 'ended before' | 'ended now' | 'nothing'): void {
    if (this.#removed.has(session)) return;
    this.#removed.add(session);
    const isKnown = shows === 'live' || shows === 'ended before' || (shows === 'nothing' && this.#counted.has(session));
    if (!isKnown) this.#uncertain += 1;
  }

  assert(stats: { readonly opened: number; readonly closed: Closed }): void {
    this.#assertBetween('opened', stats.opened, this.#opened, this.#opened);
    for (const reason of CLOSE_REASONS) {
      const known = this.#closed.get(reason) ?? 0;
      this.#assertBetween(`closed.${reason}`, stats.closed[reason] ?? 0, known, known);
    }
  }

  #assertBetween(name: string, shown: number, min: number, max: number): void {
    if (shown >= min - this.#uncertain && shown <= max + this.#uncertain) return;
    const range = `between ${min - this.#uncertain} and ${max + this.#uncertain}`;
    throw new ViolationError('stats', `the hourly counts show ${name} ${shown}, but it must be ${range}`, {
      is_absence: true,
    });
  }
}
