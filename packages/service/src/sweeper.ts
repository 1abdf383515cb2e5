import type { Sessions } from './domain/sessions.ts';
import type { Logger } from './observability/log.ts';

/**
 * Closes expired sessions, and deletes those that ended long ago, at a fixed rate and one pass at a time. Nothing
 * depends on it but the store's size: an expired session reads as closed with or without a sweep.
 */
export class Sweeper {
  readonly #sessions: Sessions;
  readonly #interval_ms: number;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | null = null;
  #pass: Promise<void> | null = null;

  /** An interval of 0 or less turns it off. */
  constructor(sessions: Sessions, interval_ms: number, log: Logger) {
    this.#sessions = sessions;
    this.#interval_ms = interval_ms;
    this.#log = log;
  }

  start(): void {
    if (this.#interval_ms <= 0 || this.#timer) return;
    this.#timer = setInterval(() => this.#sweep(), this.#interval_ms).unref();
  }

  /** Starts no further pass, and waits for the one that runs. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await this.#pass;
  }

  #sweep(): void {
    this.#pass ??= this.#sessions
      .sweep()
      .then(({ time: _, ...swept }) => this.#log.info({ ...swept, msg: 'sweep' }))
      .catch((error: unknown) => this.#log.error({ err: error, msg: 'sweep failed; the next one tries again' }))
      .finally(() => {
        this.#pass = null;
      });
  }
}
