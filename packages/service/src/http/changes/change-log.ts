import { ALL_KINDS, kindOf } from '../../api/v2/change-kinds.ts';
import type { SessionChange } from '../../domain/changes.ts';
import { randomText } from '../../domain/ids.ts';

/** The log has between this many and twice this many events. A listener that is further behind is disconnected. */
const EVENTS_KEPT_MAX = 4_000;
const LOG_ID_BYTES = 9;

interface Event {
  readonly kind: number;
  readonly text: string;
}

const EVENT_ID = /^([\w-]+):(\d{1,15})$/;

/**
 * The last changes as numbered server-sent events, so that a listener can continue after its connection was lost. The
 * numbers are local to this process: the log has a random id, and ids of other logs are unknown.
 */
export class ChangeLog {
  readonly #id = randomText(LOG_ID_BYTES);
  readonly #kept_max: number;
  readonly #events: Event[] = [];
  /** The number of `#events[0]`. */
  #first = 1;

  constructor(kept_max = EVENTS_KEPT_MAX) {
    this.#kept_max = kept_max;
  }

  /** The number of the next event. */
  get end(): number {
    return this.#first + this.#events.length;
  }

  /** Adds a change and returns its event. */
  add(change: SessionChange): string {
    const event = `id: ${this.#id}:${this.end}\n${eventText(change)}\n\n`;
    this.#events.push({ kind: kindOf(change), text: event });
    // Half of the events are removed at once: removing them one by one would move the rest each time.
    if (this.#events.length > this.#kept_max * 2) this.#first += this.#events.splice(0, this.#kept_max).length;
    return event;
  }

  /** Returns the events after the event with an id; null if the log does not have that event. */
  after(event_id: string): string | null {
    const next = this.nextOf(event_id);
    return next === null ? null : this.read(next, this.end - next);
  }

  /** Returns the number after the event with an id; null if the log does not have that event. */
  nextOf(event_id: string): number | null {
    const [, log, text = ''] = EVENT_ID.exec(event_id) ?? [];
    const next = Number(text) + 1;
    return log === this.#id && next >= this.#first && next <= this.end ? next : null;
  }

  /**
   * Returns up to `count` events from a number on, without those of other kinds; null if the log no longer has the
   * first one.
   */
  read(from: number, count: number, kinds = ALL_KINDS): string | null {
    if (from < this.#first) return null;
    let text = '';
    for (const event of this.#events.slice(from - this.#first, from - this.#first + count)) {
      if ((event.kind & kinds) !== 0) text += event.text;
    }
    return text;
  }

  /** Returns the id of the event before a number: the position of a listener that got no events lately. */
  idBefore(next: number): string {
    return `${this.#id}:${next - 1}`;
  }

  /** Returns the event for a listener that has missed changes. It continues at the end of the log. */
  gap(): string {
    return `id: ${this.#id}:${this.end - 1}\n${GAP}\n\n`;
  }
}

const GAP = 'event: gap\ndata: {}';

/** Events do not have the user: a key that may validate tokens may not see who signs in and out. */
function eventText(change: SessionChange): string {
  if (change.type === 'gap') return GAP;
  const { id } = change;
  if (change.type === 'removed') return `event: change\ndata: ${JSON.stringify({ id, removed: true })}`;
  const { revision, close_reason } = change;
  return `event: change\ndata: ${JSON.stringify({ id, revision, close_reason })}`;
}
