import { Batches } from '../data/batches.ts';
import type { Connection } from './connection.ts';
import type { Deadline } from './deadline.ts';
import type { Pool } from './pool.ts';

export interface ConcurrencyLimitOptions {
  readonly what: string;
  /** How many calls run at a time, each on its own connection. */
  readonly parallel: number;
  readonly waiting_max: number;
  readonly timeout_ms: number;
}

type Work = (connection: Connection, deadline: Deadline) => Promise<unknown>;

/**
 * Limits the calls of one kind to a share of the pool. Further calls wait; their number and their waiting time are
 * bounded.
 */
export class ConcurrencyLimit {
  readonly #batches: Batches<Work, unknown>;

  constructor(pool: Pool, options: ConcurrencyLimitOptions) {
    this.#batches = new Batches({ ...options, items_max: 1 }, async (works, deadline) => {
      const run = (work: Work) => pool.use(deadline, (connection) => work(connection, deadline));
      return Promise.all(works.map(run));
    });
  }

  /** The number of calls that wait. */
  get waiting(): number {
    return this.#batches.waiting;
  }

  /** Rejects with `STORE_UNAVAILABLE` if the call cannot run in time. */
  run<T>(work: (connection: Connection, deadline: Deadline) => Promise<T>): Promise<T> {
    return this.#batches.add(work) as Promise<T>;
  }

  close(): Promise<void> {
    return this.#batches.close();
  }
}
