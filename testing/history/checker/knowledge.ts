import type { Answered, HistorySettings, Micros, Operation, Seen } from '../history.ts';
import { Feeds } from './feeds.ts';
import { PendingCalls } from './pending-calls.ts';
import { type End, SessionModel, type Sight } from './session-model.ts';
import { Tallies } from './tallies.ts';
import { ViolationError } from './violation.ts';

/** The documented limit within which every cache sees an end. */
const CACHE_LAG: Micros = 3_000_000;
/** The tolerance for adjustments of the machine's clock during a history. */
const CLOCK_ERROR_MS = 100;
/** How long removed sessions are remembered, in order to detect that one comes back. */
const REMEMBERED: Micros = 5_000_000;
const EARLY_ENDS_MAX = 10_000;

/** Everything that the checker knows at one moment of the history. */
export class Knowledge {
  readonly settings: HistorySettings;
  readonly feeds = new Feeds();
  readonly sessions = new Map<number, SessionModel>();
  pending: PendingCalls;
  tallies = new Tallies();
  readonly #byUser = new Map<string, Set<SessionModel>>();
  readonly #byId = new Map<string, SessionModel[]>();
  readonly #retired = new Set<number>();
  /** Ends of ids whose open request has no response yet. */
  readonly #early = new Map<string, { readonly end: End; readonly sight: Sight }>();
  #offset_max = 0;

  /** Whether the history is only a part of one: then sessions without an open request are ignored. */
  readonly #isPart: boolean;

  constructor(settings: HistorySettings, isPart: boolean) {
    this.settings = settings;
    this.#isPart = isPart;
    this.pending = new PendingCalls(settings.limit);
  }

  open(operation: Extract<Operation, { readonly kind: 'open' }>, id: string | null, time: Micros): void {
    const { number, user } = operation;
    if (this.sessions.has(number)) return;
    const session = new SessionModel(number, user, id, time);
    this.sessions.set(number, session);
    this.ofUser(user).add(session);
    if (id !== null) this.#name(session, id);
  }

  /** Forgets a session whose open request failed or returned another session. */
  drop(number: number): void {
    const session = this.sessions.get(number);
    if (!session) return;
    this.sessions.delete(number);
    const sessions = this.ofUser(session.user);
    sessions.delete(session);
    if (sessions.size === 0) this.#byUser.delete(session.user);
    const rest = (this.#byId.get(session.id ?? '') ?? []).filter((other) => other !== session);
    if (session.id === null) return;
    if (rest.length > 0) this.#byId.set(session.id, rest);
    else this.#byId.delete(session.id);
  }

  ofUser(user: string): Set<SessionModel> {
    let sessions = this.#byUser.get(user);
    if (!sessions) {
      sessions = new Set();
      this.#byUser.set(user, sessions);
    }
    return sessions;
  }

  /**
   * The session that an id refers to from that moment on; null if there is none, or if it may refer to two sessions.
   */
  byId(id: string, start: Micros): SessionModel | null {
    let found: SessionModel | null = null;
    const sessions = this.#byId.get(id) ?? [];
    for (const session of sessions) {
      if (sessions.length > 1 && session.gone_at < start) continue;
      if (found) return null;
      found = session;
    }
    return found;
  }

  allById(id: string): readonly SessionModel[] {
    return this.#byId.get(id) ?? [];
  }

  see(seen: Seen, sight: Sight): SessionModel {
    const session = this.sessions.get(seen.number);
    if (!session && this.#isPart) return new SessionModel(seen.number, seen.user, seen.id, sight.time);
    if (!session) {
      const message = `session ${seen.number} (${seen.id}) of ${seen.user} exists, but no request has opened it`;
      throw new ViolationError('write-survives', message, { user: seen.user, is_absence: true });
    }
    const isNew = session.opened_at === Number.POSITIVE_INFINITY;
    if (session.id === null) this.#name(session, seen.id);
    session.see(seen, sight);
    if (isNew) this.tallies.opened();
    this.tallies.note(session);
    return session;
  }

  /** Remembers the end of a session whose id is not known yet. */
  endEarly(id: string, end: End, sight: Sight): void {
    if (this.allById(id).length > 0) return;
    this.#early.set(id, { end, sight });
    if (this.#early.size <= EARLY_ENDS_MAX) return;
    for (const oldest of this.#early.keys()) {
      this.#early.delete(oldest);
      return;
    }
  }

  end(session: SessionModel, end: End, sight: Sight): void {
    session.seeEnd(end, sight);
    this.tallies.note(session);
  }

  /** A read that a cache may serve can be older than its start. */
  sightOf({ operation, start, time }: Answered): Sight {
    return { ...this.sightAt(start, time), lag: this.#lagOf(operation) };
  }

  sightAt(start: Micros, time: Micros): Sight {
    return { start, time, lag: 0, clock_max: this.clockMax(time), pending: this.pending };
  }

  /** The latest time that any node's clock may have shown at that moment. */
  clockMax(time: Micros): number {
    return this.settings.epoch_ms + time / 1_000 + this.#offset_max + CLOCK_ERROR_MS;
  }

  setClock(offset_ms: number): void {
    this.#offset_max = Math.max(this.#offset_max, offset_ms);
  }

  /** Whether the session cannot have ended, by a request or by itself, until that moment. */
  isSurelyLive(session: SessionModel, start: Micros, time: Micros): boolean {
    return (
      session.opened_at < start &&
      session.mayBeLive(start) &&
      !session.remove_invoked &&
      session.causes.size === 0 &&
      session.deadline_min > this.clockMax(time) &&
      !this.pending.mayEnd(session.user)
    );
  }

  /** Whether the session cannot have been removed until that moment. */
  isSurelyThere(session: SessionModel, start: Micros, time: Micros): boolean {
    if (session.opened_at >= start || session.remove_invoked || session.gone_at < start) return false;
    return this.settings.retention_ms === null || this.isSurelyLive(session, start, time);
  }

  retire(numbers: readonly number[]): void {
    for (const number of numbers) this.#retired.add(number);
  }

  /** No later event begins before this moment. */
  advance(start: Micros): void {
    for (const session of this.sessions.values()) {
      session.stairs.forgetBefore(start - CACHE_LAG);
      session.revisions.forgetBelow(session.stairs.before(start - CACHE_LAG).revision);
    }
    for (const number of this.#retired) {
      const session = this.sessions.get(number);
      if (session && session.gone_at > start - REMEMBERED) continue;
      this.#retired.delete(number);
      if (!session) continue;
      this.drop(number);
      if (session.id !== null && this.allById(session.id).length === 0) this.feeds.forget(session.id);
    }
  }

  /** The store has lost all data. */
  empty(): void {
    this.sessions.clear();
    this.#byUser.clear();
    this.#byId.clear();
    this.#retired.clear();
    this.feeds.clear();
    this.pending = new PendingCalls(this.settings.limit);
    this.tallies = new Tallies();
  }

  #name(session: SessionModel, id: string): void {
    session.id = id;
    const others = (this.#byId.get(id) ?? []).filter((other) => other !== session);
    for (const other of others) session.inherit(other);
    this.#byId.set(id, [...others, session]);
    const early = this.#early.get(id);
    if (!early) return;
    this.#early.delete(id);
    if (early.end.reason !== null) session.causes.add(early.end.reason);
    this.end(session, early.end, early.sight);
  }

  #lagOf(operation: Operation): Micros {
    if (operation.kind === 'cached') return CACHE_LAG;
    if (operation.kind !== 'validate' || !this.settings.has_near_caches) return 0;
    const { age_ms_max } = operation;
    return age_ms_max === null ? CACHE_LAG : Math.min(CACHE_LAG, age_ms_max * 1_000);
  }
}
