import type { SessionCheck } from '@pip-sessions/contract/session-check';
import type { EndReason } from '@pip-sessions/contract/session-reader';
import { FRESH_MS } from '@pip-sessions/near-cache';
import { CheckQueue, type CheckSource } from './check-queue.ts';
import { type Close, LiveEntry, type Registration } from './live-entry.ts';

/** A change of a session, as the change stream publishes it. */
export interface SessionEvent {
  /** Why the session has ended: `unknown` if it was removed; null if it has not ended. */
  readonly end: EndReason | null;
}

/** The change stream, the checks and the platform. */
export interface LiveSource extends Omit<CheckSource, 'checked'> {
  /** The moment of `now` up to which the change stream is complete; negative infinity if that is unknown. */
  readonly completeUntil: () => number;
  /** Calls a function every `ms` milliseconds. Returns a function that stops it. */
  readonly every: (ms: number, call: () => void) => () => void;
  /** Calls a function after the callbacks of this turn of the event loop. */
  readonly afterTurn: (call: () => void) => void;
}

const TICK_MS = 100;
/**
 * Connections are closed if their sessions were known to be live longer ago than this, in milliseconds. A tick may be
 * late by its own length, so that the published bound holds.
 */
const UNCONFIRMED_MS_MAX = FRESH_MS - 2 * TICK_MS;
/**
 * If the stream is complete only up to a moment longer ago, in milliseconds, sessions are checked. A heartbeat each
 * second keeps it complete up to about one second ago. The rest of the bound is for the checks.
 */
const STALE_MS = 1_500;
/** Without a tick for so long, in milliseconds, the process, the machine or a clock stood still. */
const STANDSTILL_MS = 1_000;
/** After a standstill, the stream and the checks have this time in milliseconds before connections are closed. */
const GRACE_MS = 1_000;
/** The maximum delay of the checks after a gap, in milliseconds: all processes receive a gap at once. */
const GAP_JITTER_MS = 200;
/** A changed session may have another deadline. It is checked after this time in milliseconds, once for many changes. */
const CHANGED_MS = 500;
/** The shortest time between two checks of a session close to its deadline, in milliseconds. */
const DUE_MS_MIN = 250;

/**
 * Closes connections whose sessions have ended. An end that the change stream publishes closes them at once.
 *
 * A session counts as live up to the later of two moments: when a check that showed it live was sent, and the moment up
 * to which the stream is complete. The second one counts only until the session's deadline, and only if the check was
 * sent after the last gap. A connection is closed if that moment is longer ago than the bound. Sessions are checked in
 * good time before that.
 */
export class LiveSessions {
  readonly #source: LiveSource;
  readonly #count_max: number;
  readonly #entries = new Map<string, LiveEntry>();
  readonly #queue: CheckQueue;
  #count = 0;
  #complete_until = Number.NEGATIVE_INFINITY;
  #gap_at = Number.NEGATIVE_INFINITY;
  #gap_checked_at = Number.NEGATIVE_INFINITY;
  /** No entry needs attention before this moment while the stream is complete. */
  #next_at = Number.NEGATIVE_INFINITY;
  #ticked_at = 0;
  #isCalm = true;
  #grace_until = Number.NEGATIVE_INFINITY;
  #stopTicking: (() => void) | null = null;
  #isStopped = false;

  constructor(source: LiveSource, count_max: number) {
    this.#source = source;
    this.#count_max = count_max;
    this.#queue = new CheckQueue({ ...source, checked: (entry, result, at) => this.#checked(entry, result, at) });
  }

  /** The number of connections. */
  get size(): number {
    return this.#count;
  }

  /**
   * Calls `close` once when the session ends. Returns a function that prevents this: call it when the connection closes
   * by itself. `close` is never called before this method returns.
   */
  endWith(id: string, close: Close): () => void {
    if (this.#isStopped || this.#count >= this.#count_max) return this.#reject(close);
    const now = this.#source.now();
    const known = this.#entries.get(id);
    const entry = known ?? new LiveEntry(id, now);
    const registration: Registration = { close };
    entry.add(registration);
    this.#count += 1;
    if (!known) {
      this.#entries.set(id, entry);
      this.#startTicking(now);
      this.#setDue(entry, now);
      this.#queue.add(entry);
      this.#source.afterTurn(() => this.#queue.send());
    }
    return () => this.#delete(entry, registration);
  }

  /** Must be called for each change that the stream publishes. */
  changed(id: string, { end }: SessionEvent): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    if (end !== null) {
      this.#end(entry, end);
      return;
    }
    entry.hasChanged = true;
    this.#setDue(entry, Math.min(entry.due_at, this.#source.now() + CHANGED_MS));
  }

  /** Must be called when the stream may have missed changes, before it is complete again. */
  gap(): void {
    this.#observe();
    for (const entry of this.#entries.values()) entry.confirmed_at = this.#liveAt(entry);
    const now = this.#source.now();
    this.#gap_at = now;
    this.#gap_checked_at = now + GAP_JITTER_MS * this.#source.random();
    this.#next_at = Math.min(this.#next_at, this.#gap_checked_at);
  }

  /** Closes all connections, and those that are registered later. */
  stop(): void {
    this.#isStopped = true;
    for (const entry of [...this.#entries.values()]) this.#end(entry, 'unconfirmed');
  }

  #tick(): void {
    const now = this.#source.now();
    const silent_ms = now - this.#ticked_at;
    this.#ticked_at = now;
    // The events that the process has received meanwhile are handled before the next tick.
    if (this.#isCalm && silent_ms > STANDSTILL_MS) {
      this.#isCalm = false;
      this.#grace_until = now + GRACE_MS;
      return;
    }
    this.#observe();
    const isStale = now - this.#complete_until > STALE_MS;
    this.#isCalm = !isStale;
    if (isStale || now >= this.#next_at) this.#review(now);
    this.#queue.send();
  }

  /** Closes what cannot be confirmed, and checks what needs a check. It takes about a millisecond for 100,000 sessions. */
  #review(now: number): void {
    let next_at = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries.values()) {
      const live_at = this.#liveAt(entry);
      if (now - live_at > UNCONFIRMED_MS_MAX && now >= this.#grace_until) {
        this.#end(entry, 'unconfirmed');
        continue;
      }
      const wasMissed = entry.confirmed_at <= this.#gap_at;
      const check_at = wasMissed ? this.#gap_checked_at : entry.due_at;
      next_at = Math.min(next_at, check_at);
      if (now >= check_at || now - live_at > STALE_MS) this.#queue.add(entry);
    }
    this.#next_at = next_at;
  }

  /** The latest moment at which the session is known to have been live. */
  #liveAt({ confirmed_at, due_at }: LiveEntry): number {
    return confirmed_at > this.#gap_at ? Math.max(confirmed_at, Math.min(this.#complete_until, due_at)) : confirmed_at;
  }

  #observe(): void {
    this.#complete_until = Math.max(this.#complete_until, this.#source.completeUntil());
  }

  #checked(entry: LiveEntry, result: SessionCheck, sent_at: number): void {
    if (!result.active) {
      this.#end(entry, result.reason);
      return;
    }
    entry.confirmed_at = Math.max(entry.confirmed_at, sent_at);
    const left_ms = result.expires_in === null ? Number.POSITIVE_INFINITY : result.expires_in * 1000;
    this.#setDue(entry, entry.hasChanged ? this.#source.now() + CHANGED_MS : sent_at + Math.max(left_ms, DUE_MS_MIN));
  }

  #setDue(entry: LiveEntry, due_at: number): void {
    entry.due_at = due_at;
    this.#next_at = Math.min(this.#next_at, due_at);
  }

  #reject(close: Close): () => void {
    let isOver = false;
    if (!this.#isStopped) {
      this.#source.failed(new Error(`${this.#count} connections are registered: raise live_connections_max.`));
    }
    this.#source.afterTurn(() => {
      if (!isOver) this.#call(close, 'unconfirmed');
    });
    return () => {
      isOver = true;
    };
  }

  #end(entry: LiveEntry, reason: EndReason): void {
    this.#entries.delete(entry.id);
    const registrations = entry.takeAll();
    this.#count -= registrations.length;
    for (const { close } of registrations) this.#call(close, reason);
    this.#stopIfEmpty();
  }

  #call(close: Close, reason: EndReason): void {
    try {
      close(reason);
    } catch (error) {
      // The other connections must be closed too.
      this.#source.failed(error);
    }
  }

  #delete(entry: LiveEntry, registration: Registration): void {
    if (!entry.delete(registration)) return;
    this.#count -= 1;
    if (!entry.isEmpty) return;
    this.#entries.delete(entry.id);
    this.#stopIfEmpty();
  }

  #startTicking(now: number): void {
    if (this.#stopTicking) return;
    this.#ticked_at = now;
    this.#isCalm = true;
    this.#stopTicking = this.#source.every(TICK_MS, () => this.#tick());
  }

  #stopIfEmpty(): void {
    if (this.#entries.size > 0) return;
    this.#stopTicking?.();
    this.#stopTicking = null;
  }
}
