import type { Change, FeedEvent } from '../../api/change-stream.ts';

export const TAIL_KINDS = ['opened', 'changed', 'ended', 'removed'] as const;
export type TailKind = (typeof TAIL_KINDS)[number];

/** A change as it is listed. */
export interface TailEvent {
  /** Counts up. */
  readonly key: number;
  /** When it arrived, in milliseconds of the service's clock. */
  readonly time: number;
  readonly kind: TailKind | 'gap';
  /** The id of the session; empty for a gap. */
  readonly id: string;
  readonly revision: number | null;
  readonly close_reason: string | null;
}

/** Lines that are kept. Older ones go. */
export const LINES_MAX = 500;
const RATE_MS = 10_000;

/** The state of the tail; a new object after each change. */
export interface TailState {
  /** The newest first. */
  readonly events: readonly TailEvent[];
  /** Changes that arrived while the tail was held. */
  readonly waiting: number;
}

/** The last changes of all sessions. While it is held, they are counted, and shown later. */
export class Tail {
  readonly #listeners = new Set<() => void>();
  #events: readonly TailEvent[] = [];
  #waiting: readonly TailEvent[] = [];
  #waitingCount = 0;
  #isHeld = false;
  #key = 0;
  /** How many changes arrived, by second. */
  #seconds: { readonly second: number; count: number }[] = [];
  #state: TailState = { events: [], waiting: 0 };

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get = (): TailState => this.#state;

  /** Adds what arrived at `time`. */
  add(event: FeedEvent, time: number): void {
    const added = event.kind === 'gap' ? [this.#gap(time)] : event.changes.map((change) => this.#eventOf(change, time));
    const changes = event.kind === 'gap' ? 0 : added.length;
    this.#count(changes, time);
    // A stream begins with a gap: before the first change nothing can be missing.
    if (event.kind === 'gap' && this.#events.length + this.#waiting.length === 0) return;
    const newestFirst = added.toReversed();
    if (this.#isHeld) {
      this.#waiting = [...newestFirst, ...this.#waiting].slice(0, LINES_MAX);
      this.#waitingCount += changes;
    } else this.#events = [...newestFirst, ...this.#events].slice(0, LINES_MAX);
    this.#publish();
  }

  /** While it is held, no line moves. */
  hold(isHeld: boolean): void {
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    if (isHeld) return;
    this.#events = [...this.#waiting, ...this.#events].slice(0, LINES_MAX);
    this.#waiting = [];
    this.#waitingCount = 0;
    this.#publish();
  }

  clear(): void {
    this.#events = [];
    this.#waiting = [];
    this.#waitingCount = 0;
    this.#publish();
  }

  /** Changes a second within the last 10 seconds before `now`. */
  rate(now: number): number {
    const first = Math.floor((now - RATE_MS) / 1_000);
    const counts = this.#seconds.filter(({ second }) => second > first).map(({ count }) => count);
    return counts.reduce((sum, count) => sum + count, 0) / (RATE_MS / 1_000);
  }

  #count(changes: number, time: number): void {
    const second = Math.floor(time / 1_000);
    const last = this.#seconds.at(-1);
    if (last?.second === second) last.count += changes;
    else this.#seconds.push({ second, count: changes });
    this.#seconds = this.#seconds.filter((one) => one.second > second - RATE_MS / 1_000);
  }

  #gap(time: number): TailEvent {
    this.#key += 1;
    return { key: this.#key, time, kind: 'gap', id: '', revision: null, close_reason: null };
  }

  #eventOf(change: Change, time: number): TailEvent {
    this.#key += 1;
    const common = { key: this.#key, time, id: change.id };
    if ('removed' in change) return { ...common, kind: 'removed', revision: null, close_reason: null };
    return { ...common, kind: kindOf(change), revision: change.revision, close_reason: change.close_reason };
  }

  #publish(): void {
    this.#state = { events: this.#events, waiting: this.#waitingCount };
    for (const listener of this.#listeners) listener();
  }
}

function kindOf({
  revision,
  close_reason,
}: {
  readonly revision: number;
  readonly close_reason: string | null;
}): TailKind {
  if (close_reason !== null) return 'ended';
  return revision === 1 ? 'opened' : 'changed';
}
