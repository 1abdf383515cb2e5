import { monotonicTime } from '../../domain/time/clock.ts';

/** The count of live sessions may read the whole store, so it is repeated at most this often. */
const INTERVAL_MS = 10_000;
/** A slow count is repeated less often: it takes at most this part of the time. */
const BUSY_PART = 0.05;
/** How long a request for the metrics waits for a new count. After that it gets the last one. */
const WAIT_MS = 500;

/** Counts the live sessions now and then, so that no request for the metrics waits long for the count. */
export class LiveSessions {
  readonly #count: () => Promise<number>;
  readonly #now: () => number;
  #last: number | null = null;
  #due_at = Number.NEGATIVE_INFINITY;
  #counting: Promise<void> | null = null;

  constructor(count: () => Promise<number>, now = monotonicTime) {
    this.#count = count;
    this.#now = now;
  }

  /** Returns the last count; null before the first one, and after a count that failed. */
  async read(): Promise<number | null> {
    if (this.#now() >= this.#due_at) this.#counting ??= this.#countAgain();
    if (this.#counting === null) return this.#last;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, WAIT_MS);
    await Promise.race([this.#counting, late.promise]);
    clearTimeout(timer);
    return this.#last;
  }

  async #countAgain(): Promise<void> {
    const started = this.#now();
    try {
      this.#last = await this.#count();
    } catch {
      this.#last = null;
    }
    const ended = this.#now();
    this.#due_at = Math.max(started + INTERVAL_MS, ended + (ended - started) / BUSY_PART);
    this.#counting = null;
  }
}
