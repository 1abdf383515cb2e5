import { ALL_KINDS, kindOf } from '../../api/v2/change-kinds.ts';
import type { SessionChange } from '../../domain/changes.ts';
import { randomText } from '../../domain/ids.ts';

/** Up to twice as many: a listener that is further behind is cut off. */
const EVENTS_KEPT_MAX = 4_000;
const LOG_ID_BYTES = 9;

interface Event {
  readonly kind: number;
  readonly text: string;
}

const EVENT_ID = /^([\w-]+):(\d{1,15})$/;

/**
 * The last changes as server-sent events, numbered, so that a listener whose connection broke can go on where it was.
 * The numbers are this process's own: its log has an id, and events of another log are not known here.
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

  /** Answers the event. */
  add(change: SessionChange): string {
    const event = `id: ${this.#id}:${this.end}\n${eventText(change)}\n\n`;
    this.#events.push({ kind: kindOf(change), text: event });
    // Half of them at once: each by itself would move all that are left.
    if (this.#events.length > this.#kept_max * 2) this.#first += this.#events.splice(0, this.#kept_max).length;
    return event;
  }

  /** What came after the event of an id; null when that is not known any more, or never was. */
  after(event_id: string): string | null {
    const next = this.nextOf(event_id);
    return next === null ? null : this.read(next, this.end - next);
  }

  /** The number that comes after the event of an id; null when that is not known any more, or never was. */
  nextOf(event_id: string): number | null {
    const [, log, text = ''] = EVENT_ID.exec(event_id) ?? [];
    const next = Number(text) + 1;
    return log === this.#id && next >= this.#first && next <= this.end ? next : null;
  }

  /** So many events from a number on, without those of other kinds; null when the first of them is not known any more. */
  read(from: number, count: number, kinds = ALL_KINDS): string | null {
    if (from < this.#first) return null;
    let text = '';
    for (const event of this.#events.slice(from - this.#first, from - this.#first + count)) {
      if ((event.kind & kinds) !== 0) text += event.text;
    }
    return text;
  }

  /** The id of the event before a number: where a listener is that was told of none lately. */
  idBefore(next: number): string {
    return `${this.#id}:${next - 1}`;
  }

  /** What a listener hears who missed something; it goes on from the end. */
  gap(): string {
    return `id: ${this.#id}:${this.end - 1}\n${GAP}\n\n`;
  }
}

const GAP = 'event: gap\ndata: {}';

/** Without the user: who may validate tokens need not know who signs in and out. */
function eventText(change: SessionChange): string {
  if (change.type === 'gap') return GAP;
  const { id } = change;
  if (change.type === 'removed') return `event: change\ndata: ${JSON.stringify({ id, removed: true })}`;
  const { revision, close_reason } = change;
  return `event: change\ndata: ${JSON.stringify({ id, revision, close_reason })}`;
}
