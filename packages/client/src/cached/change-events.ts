import { EventParser, type StreamEvent } from '@pip-sessions/contract/event-parser';
import type { EndReason } from '@pip-sessions/contract/session-reader';
import { FRESH_MS, type PublishedChange } from '@pip-sessions/near-cache';

/** A change of a session in a stream. */
export interface StreamedChange extends PublishedChange {
  /** Why the session has ended: `unknown` if it was removed; null if it has not ended. */
  readonly end: EndReason | null;
}

/** Receives the changes of a stream. */
export interface ChangeListener {
  readonly changed: (id: string, change: StreamedChange) => void;
  /** The stream may have missed changes. */
  readonly gap: () => void;
}

/** Two running clocks drift apart by less than this, in milliseconds, before the stream is opened anew. */
const AHEAD_MS_MAX = 500;

/**
 * The events of one connection.
 *
 * Freshness follows the service's clock, not the arrival of events. A heartbeat names the watermark: the moment until
 * which the service has published all changes. The first event, `hello`, names the moment at which the service received
 * the request. That moment is not before the request was sent, so a watermark is never dated too late by this clock.
 * Neither a slow network nor a proxy that delays events makes old changes look new.
 *
 * This holds while both clocks run. If the clock of this process stands still, heartbeats seem to come from the future.
 * So a watermark is never later than the receipt of its heartbeat, and a heartbeat too far ahead ends the connection.
 * If the clock of the service stands still, heartbeats seem old. A watermark before `hello` is ignored, because the
 * clocks were not compared at that time.
 */
export class ChangeEvents {
  readonly #listener: ChangeListener;
  readonly #now: () => number;
  /** When the request was sent, by the clock of this process. */
  readonly #asked: number;
  /** When the service received the request, by its own clock; null before the first event. */
  #taken: number | null = null;
  readonly #decoder = new TextDecoder();
  readonly #parser = new EventParser();

  /** `now` is a clock of elapsed time; `asked` is its reading when the request was sent. */
  constructor(listener: ChangeListener, now: () => number, asked: number) {
    this.#listener = listener;
    this.#now = now;
    this.#asked = asked;
  }

  /**
   * Yields each event, with the end of freshness that it implies, or null. Throws for text that is not an event, and for
   * events that show that one of the two clocks stood still.
   */
  *take(chunk: Uint8Array) {
    for (const event of this.#parser.push(this.#decoder.decode(chunk, { stream: true }))) {
      yield { event, fresh_until: this.#take(event) };
    }
  }

  #take({ type, data }: StreamEvent): number | null {
    const members = JSON.parse(data) as Readonly<Record<string, unknown>>;
    switch (type) {
      case 'hello':
        this.#taken = timeOf(members);
        return null;
      case 'heartbeat':
        return this.#freshUntil(timeOf(members));
      case 'change':
        if (typeof members.id !== 'string') throw new TypeError('a change has no id');
        this.#listener.changed(members.id, publishedChange(members));
        return null;
      case 'gap':
        this.#listener.gap();
        return null;
      default:
        // A newer service may publish further events.
        return null;
    }
  }

  #freshUntil(time: number): number | null {
    if (this.#taken === null) throw new TypeError('a heartbeat came before hello');
    if (time < this.#taken) return null;
    const now = this.#now();
    const watermark = this.#asked + (time - this.#taken);
    if (watermark > now + AHEAD_MS_MAX) throw new Error('a heartbeat is ahead of the clock, which has stood still');
    return Math.min(watermark, now) + FRESH_MS;
  }
}

/** The session may have any state: no cached value of it is valid. */
const UNKNOWN: StreamedChange = { revision: Number.POSITIVE_INFINITY, hasEnded: false, end: null };
const REMOVED: StreamedChange = { ...UNKNOWN, end: 'unknown' };

/** An end is only of this revision. A session that was deleted can be opened again by its idempotency key. */
function publishedChange({ revision, close_reason, removed }: Readonly<Record<string, unknown>>): StreamedChange {
  if (removed === true) return REMOVED;
  if (typeof revision !== 'number' || !Number.isSafeInteger(revision)) return UNKNOWN;
  // A newer service may have further reasons.
  const end = typeof close_reason === 'string' ? (close_reason as EndReason) : null;
  return { revision, hasEnded: end !== null, end };
}

function timeOf({ time }: Readonly<Record<string, unknown>>): number {
  // JSON can hold 1e400, which is infinite. No duration to such a moment exists, and no moment is after it.
  if (typeof time !== 'number' || !Number.isFinite(time)) throw new TypeError('an event has no finite time');
  return time;
}
