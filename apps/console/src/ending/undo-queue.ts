/** An end that has not been sent yet, is being sent, or has failed. */
export interface PendingEnd {
  readonly id: string;
  readonly state: 'waiting' | 'sending' | 'failed';
  /** When it is sent, in milliseconds of the clock. */
  readonly due: number;
  /** Why it failed. */
  readonly error: unknown;
}

/** Time and timers, so that tests can move them. */
export interface Timers {
  readonly now: () => number;
  readonly set: (callback: () => void, delay_ms: number) => unknown;
  readonly clear: (timer: unknown) => void;
}

/** How long an end can be undone, in milliseconds. */
export const UNDO_MS = 5_000;
/** Maximum number of ends that wait at once; an earlier one is sent before its time. */
const WAITING_MAX = 50;

interface Entry {
  readonly end: PendingEnd;
  readonly send: (isLeaving: boolean) => Promise<void>;
  readonly timer: unknown;
}

/** Holds ends back for some seconds, in which they can be undone. Nothing has been sent until then. */
export class UndoQueue {
  readonly #timers: Timers;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<() => void>();
  #snapshot: readonly PendingEnd[] = [];

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Adds an end. An end of the same session that waits or is being sent stays as it is. */
  add(id: string, send: (isLeaving: boolean) => Promise<void>): void {
    const known = this.#entries.get(id);
    if (known && known.end.state !== 'failed') return;
    const [first] = [...this.#entries.values()].filter(({ end }) => end.state === 'waiting').slice(0, 1);
    if (first && this.#entries.size >= WAITING_MAX) void this.#send(first.end.id, false);
    const end: PendingEnd = { id, state: 'waiting', due: this.#timers.now() + UNDO_MS, error: null };
    const timer = this.#timers.set(() => void this.#send(id, false), UNDO_MS);
    this.#put(id, { end, send, timer });
  }

  /** Takes an end back. Returns whether it had not been sent. */
  undo(id: string): boolean {
    const entry = this.#entries.get(id);
    if (entry?.end.state !== 'waiting') return false;
    this.#timers.clear(entry.timer);
    this.#delete(id);
    return true;
  }

  /** Forgets an end that failed. */
  dismiss(id: string): void {
    if (this.#entries.get(id)?.end.state === 'failed') this.#delete(id);
  }

  /** Sends all ends that wait: the page is being left. */
  flush(): void {
    for (const [id, { end, timer }] of this.#entries) {
      if (end.state !== 'waiting') continue;
      this.#timers.clear(timer);
      void this.#send(id, true);
    }
  }

  /** All ends, the oldest first. The same array until something changes. */
  get pending(): readonly PendingEnd[] {
    return this.#snapshot;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async #send(id: string, isLeaving: boolean): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry?.end.state !== 'waiting') return;
    this.#timers.clear(entry.timer);
    this.#put(id, { ...entry, end: { ...entry.end, state: 'sending' } });
    try {
      await entry.send(isLeaving);
      this.#delete(id);
    } catch (error) {
      this.#put(id, { ...entry, end: { ...entry.end, state: 'failed', error } });
    }
  }

  #put(id: string, entry: Entry): void {
    this.#entries.set(id, entry);
    this.#publish();
  }

  #delete(id: string): void {
    this.#entries.delete(id);
    this.#publish();
  }

  #publish(): void {
    this.#snapshot = [...this.#entries.values()].map(({ end }) => end);
    for (const listener of this.#listeners) listener();
  }
}
