import type { HistoryEvent, Micros } from '../history.ts';

/** Orders the events of several processes by time: releases events once no process can report an earlier one. */
export class EventOrder {
  readonly #release: (event: HistoryEvent) => void;
  /** For each source, the moment up to which it has reported all events. */
  readonly #complete = new Map<string, Micros>();
  #waiting: HistoryEvent[] = [];

  constructor(release: (event: HistoryEvent) => void) {
    this.#release = release;
  }

  /** Adds a source whose events must be waited for. */
  join(source: string, now: Micros): void {
    this.#complete.set(source, now);
  }

  leave(source: string): void {
    this.#complete.delete(source);
  }

  push(event: HistoryEvent): void {
    this.#waiting.push(event);
  }

  /**
   * A source has pushed all its events up to a moment. `now` is the moment of the driver, which pushes its events at
   * once.
   */
  completed(source: string, until: Micros, now: Micros): void {
    if (this.#complete.has(source)) this.#complete.set(source, until);
    this.flush(Math.min(now, ...this.#complete.values()));
  }

  /** Releases all events up to a moment. */
  flush(until: Micros): void {
    const due: HistoryEvent[] = [];
    const rest: HistoryEvent[] = [];
    for (const event of this.#waiting) (event.time <= until ? due : rest).push(event);
    this.#waiting = rest;
    due.sort((a, b) => a.time - b.time);
    for (const event of due) this.#release(event);
  }

  /** The earliest start of the waiting events. */
  earliest(now: Micros): Micros {
    let earliest = now;
    for (const event of this.#waiting) earliest = Math.min(earliest, 'start' in event ? event.start : event.time);
    return earliest;
  }
}
