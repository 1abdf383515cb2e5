import { Batches } from '../data/batches.ts';
import type { Connection } from './connection.ts';
import type { Deadline } from './deadline.ts';
import type { Pool } from './pool.ts';

export interface ConcurrencyLimitOptions {
  readonly what: string;
  /** How many calls run at a time, each on a connection. */
  readonly parallel: number;
  readonly waiting_max: number;
  readonly timeout_ms: number;
}

type Work = (connection: Connection, deadline: Deadline) => Promise<unknown>;

/** A share of the pool for calls of one kind: so many at a time, and the others wait, so many and so long. */
export class ConcurrencyLimit {
  readonly #batches: Batches<Work, unknown>;

  constructor(pool: Pool, options: ConcurrencyLimitOptions) {
    this.#batches = new Batches({ ...options, items_max: 1 }, async (works, deadline) => {
      const run = (work: Work) => pool.use(deadline, (connection) => work(connection, deadline));
      return Promise.all(works.map(run));
    });
  }

  /** Rejects with `STORE_UNAVAILABLE`. */
  run<T>(work: (connection: Connection, deadline: Deadline) => Promise<T>): Promise<T> {
    return this.#batches.add(work) as Promise<T>;
  }

  close(): Promise<void> {
    return this.#batches.close();
  }
}
