import type { HistoryEvent } from '../history.ts';

const EVENTS_MAX = 100_000;

/** The last events of a history, in bounded memory. */
export class Recorder {
  #before: HistoryEvent[] = [];
  #now: HistoryEvent[] = [];

  add(event: HistoryEvent): void {
    if (event.type === 'horizon') return;
    this.#now.push(event);
    if (this.#now.length < EVENTS_MAX) return;
    this.#before = this.#now;
    this.#now = [];
  }

  all(): readonly HistoryEvent[] {
    return [...this.#before, ...this.#now];
  }
}
