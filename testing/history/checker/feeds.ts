import type { HistoryEvent, Micros } from '../history.ts';
import { ViolationError } from './violation.ts';

type Delivered = Extract<HistoryEvent, { readonly type: 'delivered' }>;

/** A change that listeners must receive; an infinite revision is a removal. */
interface Due {
  readonly id: string;
  readonly number: number;
  readonly user: string;
  readonly revision: number;
  /** From the start of the call that made the change to its response. */
  readonly start: Micros;
  readonly time: Micros;
}

/** The maximum number of deliveries that are remembered for sessions that are not known yet. */
const UNKNOWN_IDS_MAX = 50_000;

/** Checks whether each listener received every change before its watermark. */
export class Feeds {
  readonly #listeners = new Map<string, Listener>();

  /** Only changes from now on must be delivered: earlier ones may be in a gap. */
  begin(name: string, time: Micros): void {
    const listener = this.#listeners.get(name);
    if (listener) listener.begin(time);
    else this.#listeners.set(name, new Listener(name, time));
  }

  end(name: string): void {
    this.#listeners.delete(name);
  }

  expect(due: Due): void {
    for (const listener of this.#listeners.values()) listener.expect(due);
  }

  deliver(event: Delivered): void {
    this.#listeners.get(event.listener)?.deliver(event);
  }

  watermark(name: string, until: Micros): void {
    this.#listeners.get(name)?.assertComplete(until);
  }

  forget(id: string): void {
    for (const listener of this.#listeners.values()) listener.revisions.delete(id);
  }

  clear(): void {
    this.#listeners.clear();
  }
}

class Listener {
  /** The highest revision that was delivered; infinite after a removal. */
  readonly revisions = new Map<string, number>();
  readonly #name: string;
  #began: Micros;
  #due: Due[] = [];
  #first = 0;

  constructor(name: string, began: Micros) {
    this.#name = name;
    this.#began = began;
  }

  begin(time: Micros): void {
    this.#began = time;
    this.#due = [];
    this.#first = 0;
  }

  expect(due: Due): void {
    if (due.start > this.#began) this.#due.push(due);
  }

  deliver({ id, revision }: Delivered): void {
    const now = revision ?? Number.POSITIVE_INFINITY;
    if (now > (this.revisions.get(id) ?? 0)) this.revisions.set(id, now);
    if (this.revisions.size <= UNKNOWN_IDS_MAX) return;
    for (const known of this.revisions.keys()) {
      this.revisions.delete(known);
      if (this.revisions.size <= UNKNOWN_IDS_MAX / 2) return;
    }
  }

  assertComplete(until: Micros): void {
    for (; this.#first < this.#due.length; this.#first += 1) {
      const due = this.#due[this.#first];
      if (!due || due.time >= until) break;
      const delivered = this.revisions.get(due.id) ?? 0;
      if (delivered >= due.revision) continue;
      const change = due.revision === Number.POSITIVE_INFINITY ? 'its removal' : `revision ${due.revision}`;
      const message =
        `session ${due.number} (${due.id}): ${this.#name} is complete until ${until}, and never received ${change}` +
        ` (responded at ${due.time}); it received ${delivered}`;
      throw new ViolationError('events', message, { number: due.number, user: due.user, is_absence: true });
    }
    if (this.#first < 1_000) return;
    this.#due = this.#due.slice(this.#first);
    this.#first = 0;
  }
}
