import { FRESH_MS, type PublishedChange } from '@pip-sessions/near-cache';
import { EventParser, type StreamEvent } from './event-parser.ts';

/** What a client does with what it hears. */
export interface ChangeListener {
  readonly changed: (id: string, change: PublishedChange) => void;
  /** Changes may have been missed. */
  readonly gap: () => void;
}

/** Two clocks that nothing has stopped drift apart by less before the stream is opened anew. */
const AHEAD_MS_MAX = 500;

/**
 * The events of one connection.
 *
 * How fresh it is comes from the service's clock, not from when something arrived: a heartbeat names the moment up to
 * which everything has been told, and the first event the moment when the service took the request. That moment was
 * not before the request was sent, so a heartbeat's moment is never taken for later than it was: neither a slow
 * network nor a proxy that delays everything makes old news look new.
 *
 * That holds while neither clock stands still. If this one does, heartbeats seem to come from the future: a heartbeat
 * counts from its receipt at most, and one that is too far ahead ends the connection. If the service's does, they seem
 * old. A moment before the request says nothing, since no clock was compared by then.
 */
export class ChangeEvents {
  readonly #listener: ChangeListener;
  readonly #now: () => number;
  /** When the request was sent, by this clock. */
  readonly #asked: number;
  /** When it was taken, by the service's clock; null before the first event. */
  #taken: number | null = null;
  readonly #decoder = new TextDecoder();
  readonly #parser = new EventParser();

  /** `now` is a clock of elapsed time, and `asked` its moment when the request was sent. */
  constructor(listener: ChangeListener, now: () => number, asked: number) {
    this.#listener = listener;
    this.#now = now;
    this.#asked = asked;
  }

  /**
   * Each event, with the moment until which what is known is fresh where it says so. Throws for what is none, and for
   * what shows that the two clocks are no longer related as they were.
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
        this.#listener.changed(members.id, toldChange(members));
        return null;
      case 'gap':
        this.#listener.gap();
        return null;
      default:
        // A newer service may tell more.
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

/** Whatever the session has become: nothing that is cached of it is true any more. */
const UNKNOWN: PublishedChange = { revision: Number.POSITIVE_INFINITY, hasEnded: false };

/** A session that was deleted may be opened again by its idempotency key: that it has ended says nothing for ever. */
function toldChange({ revision, close_reason }: Readonly<Record<string, unknown>>): PublishedChange {
  if (typeof revision !== 'number' || !Number.isSafeInteger(revision)) return UNKNOWN;
  return { revision, hasEnded: typeof close_reason === 'string' };
}

function timeOf({ time }: Readonly<Record<string, unknown>>): number {
  // JSON has 1e400, which is infinite: from such a moment to another one is no duration, and no moment is past it.
  if (typeof time !== 'number' || !Number.isFinite(time)) throw new TypeError('an event has no finite time');
  return time;
}
