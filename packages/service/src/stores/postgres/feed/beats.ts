import { randomText } from '../../../domain/ids.ts';
import { elapsedTime } from '../../../domain/time/elapsed-time.ts';

const PAYLOAD_BYTES = 16;
/** Beats under way: more are not waited for, since a later one says more. */
const WAITING_MAX = 16;

/**
 * Notifications of a node to itself. When one has come back, all that were committed before it was sent have come.
 * Every role may notify on the channel: a payload counts once, and only while this node waits for it.
 */
export class Beats {
  /** When each was sent, in that order. */
  readonly #waiting = new Map<string, number>();

  /** The payload of a beat that is sent now. */
  next(): string {
    const payload = randomText(PAYLOAD_BYTES);
    this.#waiting.set(payload, elapsedTime());
    if (this.#waiting.size > WAITING_MAX) this.#forget(this.#waiting.keys().next().value ?? '');
    return payload;
  }

  /** When the beat was sent that has come back; null for a payload that is not waited for. */
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
