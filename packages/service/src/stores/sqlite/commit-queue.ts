import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SessionsError } from '../../domain/errors.ts';
import type { SqliteStoreConfig } from './config.ts';
import { unavailable } from './unavailable.ts';
import type { FromWriter, ToWriter, Write, WriteResult } from './writes.ts';

interface Waiting {
  readonly write: Write;
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (error: SessionsError) => void;
}

/**
 * Group commit: while one commit is on its way to the disk, writes gather, and go as one transaction when it is
 * back. A write's promise is fulfilled after its commit. The queue is bounded, and refuses what is beyond.
 */
export class CommitQueue {
  readonly #config: SqliteStoreConfig;
  readonly #beforeAnswers: () => void;
  readonly #worker: Worker;
  readonly #started = Promise.withResolvers<void>();
  readonly #exited = Promise.withResolvers<void>();
  #waiting: Waiting[] = [];
  #inFlight: Waiting[] = [];
  #state: 'open' | 'closing' | 'closed' = 'open';
  #flushScheduled = false;

  /** `beforeAnswers` runs between a commit and the answers to its writes. */
  constructor(config: SqliteStoreConfig, beforeAnswers: () => void) {
    this.#config = config;
    this.#beforeAnswers = beforeAnswers;
    // The thread runs from the sources as from the build, beside this file in both.
    const file = new URL(`writer${extname(import.meta.url)}`, import.meta.url);
    this.#worker = new Worker(file, { workerData: config });
    this.#worker.on('message', (message: FromWriter) => this.#onMessage(message));
    this.#worker.on('error', (error: Error) => this.#fail(error.message));
    this.#worker.on('exit', () => {
      this.#fail('the thread that writes has stopped');
      this.#exited.resolve();
    });
  }

  /** Resolves when the schema is there; rejects with `STORE_UNUSABLE`. */
  started(): Promise<void> {
    return this.#started.promise;
  }

  /** Resolves with the result after the commit; rejects with `STORE_UNAVAILABLE` when nothing was written. */
  write(write: Write): Promise<WriteResult> {
    if (this.#state !== 'open') return Promise.reject(unavailable('it is closed'));
    if (this.#waiting.length >= this.#config.writes_waiting_max) {
      return Promise.reject(unavailable(`${this.#waiting.length} writes are waiting for the disk`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject });
      this.#scheduleFlush();
    });
  }

  assertOpen(): void {
    if (this.#state !== 'open') throw unavailable('it is closed');
  }

  /** Commits what was accepted, then ends the thread. */
  async close(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'closing';
      this.#flush();
    }
    await this.#exited.promise;
  }

  /** Waits for the end of the turn, so that requests that were read together are committed together. */
  #scheduleFlush(): void {
    if (this.#flushScheduled || this.#inFlight.length > 0) return;
    this.#flushScheduled = true;
    setImmediate(() => {
      this.#flushScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#inFlight.length > 0) return;
    if (this.#waiting.length > 0) {
      this.#inFlight = this.#waiting.splice(0, this.#config.writes_per_commit_max);
      this.#post({ type: 'commit', writes: this.#inFlight.map((waiting) => waiting.write) });
    } else if (this.#state === 'closing') {
      this.#state = 'closed';
      this.#post({ type: 'close' });
    }
  }

  #post(message: ToWriter): void {
    this.#worker.postMessage(message);
  }

  #onMessage(message: FromWriter): void {
    switch (message.type) {
      case 'ready':
        this.#started.resolve();
        return;
      case 'unusable':
        this.#started.reject(new SessionsError('STORE_UNUSABLE', message.message));
        return;
      case 'committed': {
        const done = this.#inFlight;
        this.#inFlight = [];
        this.#flush();
        this.#beforeAnswers();
        message.results.forEach((result, index) => {
          if (result.type === 'failed') done[index]?.reject(unavailable(result.message));
          else done[index]?.resolve(result);
        });
      }
    }
  }

  #fail(reason: string): void {
    this.#state = 'closed';
    const error = unavailable(reason);
    this.#started.reject(new SessionsError('STORE_UNUSABLE', error.message));
    for (const { reject } of [...this.#inFlight.splice(0), ...this.#waiting.splice(0)]) reject(error);
  }
}
