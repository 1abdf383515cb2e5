import type { Connection } from '../topology/connection.ts';
import { NotReplicated } from '../topology/fault.ts';

/** How many writes are waited for together. */
const BATCH_MAX = 512;

interface Gathered {
  readonly send: () => Promise<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes that are answered when so many replicas have them. WAIT is about all that its own connection has written before
 * (https://redis.io/docs/latest/commands/wait/), and nothing else on the connection is answered meanwhile: so writes gather
 * while one WAIT is on its way, and share the next. The connection is for them alone.
 */
export class ReplicatedWrites {
  readonly #connection: Connection;
  readonly #replicas: number;
  readonly #timeout_ms: number;
  #gathered: Gathered[] = [];
  #isWaiting = false;

  constructor(connection: Connection, replicas: number, timeout_ms: number) {
    this.#connection = connection;
    this.#replicas = replicas;
    this.#timeout_ms = timeout_ms;
  }

  /** Rejects with `NotReplicated` when too few replicas have it in time; they may have it later. */
  run<T>(send: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#gathered.push({ send, resolve: (answer) => resolve(answer as T), reject });
      if (!this.#isWaiting) void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    this.#isWaiting = true;
    while (this.#gathered.length > 0) {
      const batch = this.#gathered.splice(0, BATCH_MAX);
      const answering = Promise.allSettled(batch.map(({ send }) => send()));
      const acknowledged = await this.#connection
        .send<number>(['WAIT', String(this.#replicas), String(this.#timeout_ms)])
        .catch(() => 0);
      const answers = await answering;
      batch.forEach(({ resolve, reject }, index) => {
        const answer = answers[index];
        if (answer?.status !== 'fulfilled') reject(answer?.reason);
        else if (acknowledged >= this.#replicas) resolve(answer.value);
        else reject(new NotReplicated());
      });
    }
    this.#isWaiting = false;
  }
}
