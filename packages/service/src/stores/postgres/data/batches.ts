import type { SessionsError } from '../../../domain/errors.ts';
import { unavailable } from '../../shared/unavailable.ts';
import { type Deadline, Deadlines } from '../connection/deadline.ts';

export interface BatchOptions<T> {
  /** The name of the batched items, for error messages. */
  readonly what: string;
  readonly waiting_max: number;
  readonly items_max: number;
  /** How many batches run at a time. */
  readonly parallel: number;
  readonly timeout_ms: number;
  /**
   * Called at the start of a batch; returns a function that decides whether an item may join it. Without it, any item
   * may.
   */
  readonly admission?: () => (item: T) => boolean;
}

interface Waiting<T, R> {
  readonly item: T;
  readonly deadline: Deadline;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
  /** Removes the callback of the deadline, once the item is settled. */
  readonly forget: () => void;
  isLate: boolean;
}

/** Returns one result per item, in the same order. */
type Run<T, R> = (items: readonly T[], deadline: Deadline) => Promise<readonly R[]>;

/**
 * Collects the items that arrive in one turn of the event loop, or while all runs are busy, and runs them together in
 * their order. Each item is rejected at its own deadline; a run has the deadline of its newest item. The queue is
 * bounded: further items are rejected.
 */
export class Batches<T, R> {
  readonly #options: BatchOptions<T>;
  readonly #deadlines: Deadlines;
  readonly #run: Run<T, R>;
  #waiting: Waiting<T, R>[] = [];
  #running = 0;
  #isScheduled = false;
  #closing: PromiseWithResolvers<void> | null = null;

  constructor(options: BatchOptions<T>, run: Run<T, R>) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.timeout_ms);
    this.#run = run;
  }

  /** The number of items that no run has taken yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Rejects with `STORE_UNAVAILABLE`. */
  add(item: T): Promise<R> {
    if (this.#closing) return Promise.reject(unavailable('it is closed'));
    if (this.#waiting.length >= this.#options.waiting_max) {
      return Promise.reject(unavailable(`${this.#waiting.length} ${this.#options.what} are waiting for it`));
    }
    return new Promise((resolve, reject) => {
      const deadline = this.#deadlines.ofTurn();
      const forget = deadline.onEnd(() => {
        waiting.isLate = true;
        reject(late(deadline));
      });
      const waiting: Waiting<T, R> = { item, deadline, resolve, reject, forget, isLate: false };
      this.#waiting.push(waiting);
      this.#schedule();
    });
  }

  /** Accepts no more items. Resolves when all accepted items are settled; their deadlines bound that. */
  close(): Promise<void> {
    this.#closing ??= Promise.withResolvers();
    this.#flush();
    return this.#closing.promise;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#running === this.#options.parallel) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    while (this.#running < this.#options.parallel) {
      const batch = this.#take();
      if (batch.length === 0) break;
      void this.#start(batch);
    }
    if (this.#running === 0 && this.#waiting.length === 0) this.#closing?.resolve();
  }

  #take(): Waiting<T, R>[] {
    const { items_max, admission } = this.#options;
    const admits = admission?.();
    const batch: Waiting<T, R>[] = [];
    let looked = 0;
    for (const waiting of this.#waiting) {
      if (batch.length === items_max) break;
      if (!waiting.isLate) {
        if (admits && !admits(waiting.item)) break;
        batch.push(waiting);
      }
      looked += 1;
    }
    this.#waiting.splice(0, looked);
    return batch;
  }

  async #start(batch: readonly Waiting<T, R>[]): Promise<void> {
    this.#running += 1;
    const deadline = batch.at(-1)?.deadline ?? this.#deadlines.ofTurn();
    let settle: (waiting: Waiting<T, R>, index: number) => void;
    try {
      const results = await this.#run(
        batch.map(({ item }) => item),
        deadline,
      );
      settle = ({ resolve }, index) => resolve(results[index] as R);
    } catch (error) {
      settle = ({ reject }) => reject(error);
    }
    this.#running -= 1;
    batch.forEach((waiting, index) => {
      waiting.forget();
      settle(waiting, index);
    });
    // Callers whose items are settled often add more at once: waiting for them gives larger batches.
    if (this.#closing) this.#flush();
    else if (this.#waiting.length > 0) this.#schedule();
  }
}

export function late({ ms }: Deadline): SessionsError {
  return unavailable(`it did not respond within ${ms} ms`);
}
