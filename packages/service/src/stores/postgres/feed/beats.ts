import { randomText } from '../../../domain/ids.ts';
import { elapsedTime } from '../../../domain/time/elapsed-time.ts';

const PAYLOAD_BYTES = 16;
/** The maximum number of beats in flight. The oldest are dropped, since a later beat proves more. */
const WAITING_MAX = 16;

/**
 * Notifications that a node sends to itself. When one comes back, all notifications committed before it was sent have
 * arrived. Every role may notify on the channel, so a payload counts only once, and only while this node expects it.
 */
export class Beats {
  /** When each beat was sent, in that order. */
  readonly #waiting = new Map<string, number>();

  /** The payload of a beat that is sent now. */
  next(): string {
    const payload = randomText(PAYLOAD_BYTES);
    this.#waiting.set(payload, elapsedTime());
    if (this.#waiting.size > WAITING_MAX) this.#forget(this.#waiting.keys().next().value ?? '');
    return payload;
  }

  /** When the beat with this payload was sent; null for a payload that is not expected. */
  take(payload: string): number | null {
    const time = this.#waiting.get(payload);
    if (time === undefined) return null;
    for (const earlier of this.#waiting.keys()) {
      this.#forget(earlier);
      if (earlier === payload) break;
    }
    return time;
  }

  clear(): void {
    this.#waiting.clear();
  }

  #forget(payload: string): void {
    this.#waiting.delete(payload);
  }
}
