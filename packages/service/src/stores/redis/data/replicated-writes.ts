import type { Connection } from '../topology/connection.ts';
import { NotReplicated } from '../topology/fault.ts';

/** How many writes share one WAIT. */
const BATCH_MAX = 512;

interface Gathered {
  readonly send: () => Promise<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes that succeed only when enough replicas have them. WAIT covers all earlier writes of its own connection
 * (https://redis.io/docs/latest/commands/wait/), and blocks that connection. So the writes that arrive during one WAIT
 * share the next. The connection is used for nothing else.
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

  /** Rejects with `NotReplicated` if too few replicas have the write in time. They may receive it later. */
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
