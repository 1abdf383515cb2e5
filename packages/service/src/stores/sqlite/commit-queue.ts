import { extname } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { type Clock, monotonicTime } from '../../domain/clock.ts';
import { SessionsError } from '../../domain/errors.ts';
import type { SessionUpdate } from '../../domain/session.ts';
import { unavailable } from '../unavailable.ts';
import type { SqliteStoreConfig } from './config.ts';
import type { FromWriter, ToWriter, Write, WriteResult, WriterData } from './writes.ts';

/**
 * So many do not wait for the end of the turn: with 64 callers, one commit for all would leave the disk idle while
 * they are answered, and them while it flushes. It costs a tenth more CPU, and a fifth more writes are answered.
 */
const WRITES_WORTH_A_COMMIT = 16;

/** A write and what became of it. */
export interface Done {
  readonly write: Write;
  readonly result: WriteResult;
}

interface Waiting {
  readonly write: Write;
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (error: SessionsError) => void;
}

/** What the queue tells of its commits, to those who read what it writes. */
export interface CommitListener {
  /** A commit is about to be sent: from now on the file may change at any moment. */
  readonly committing: () => void;
  /** The file has changed; the answers to the writes come after this. Null: whether it has is not known. */
  readonly committed: (done: readonly Done[] | null) => void;
}

/**
 * Group commit: while one commit is on its way to the disk, writes gather, and go as one transaction when it is
 * back. A write's promise is fulfilled after its commit. The queue is bounded, and refuses what is beyond.
 *
 * Between two commits it has the write-ahead log moved into the file, once that has grown. SQLite would do so within
 * a commit, where the reader's snapshot keeps it from starting the log anew, and the log would grow for ever. From time to
 * time the log is cut too, since it holds what was deleted.
 */
export class CommitQueue {
  readonly #config: SqliteStoreConfig;
  readonly #clock: Clock;
  readonly #listener: CommitListener;
  readonly #port: MessagePort;
  readonly #started = Promise.withResolvers<void>();
  readonly #exited = Promise.withResolvers<void>();
  #waiting: Waiting[] = [];
  #inFlight: Waiting[] = [];
  #state: 'open' | 'closing' | 'closed' = 'open';
  #flushScheduled = false;
  #checkpointing = false;
  #wal_bytes = 0;
  #cut_at = monotonicTime();

  constructor(config: SqliteStoreConfig, clock: Clock, listener: CommitListener) {
    this.#config = config;
    this.#clock = clock;
    this.#listener = listener;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#port.on('message', (message: FromWriter) => this.#onMessage(message));
    // The thread runs from the sources as from the build, beside this file in both.
    const file = new URL(`writer${extname(import.meta.url)}`, import.meta.url);
    const workerData: WriterData = { config, port: port2 };
    const worker = new Worker(file, { workerData, transferList: [port2] });
    worker.on('error', (error: Error) => this.#fail(error.message));
    worker.on('exit', () => {
      this.#takeAnswer();
      this.#port.close();
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
      this.#takeAnswer();
      if (this.#waiting.length >= WRITES_WORTH_A_COMMIT) this.#flush();
      else this.#scheduleFlush();
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

  /** Waits for the end of the turn, so that a few requests that were read together are committed together. */
  #scheduleFlush(): void {
    if (this.#flushScheduled || this.#isBusy()) return;
    this.#flushScheduled = true;
    setImmediate(() => {
      this.#flushScheduled = false;
      this.#flush();
    });
  }

  /**
   * Takes an answer that is there before its turn: under load the turn is long, and the thread would wait for its next
   * commit while this one reads the requests for it.
   */
  #takeAnswer(): void {
    const received = receiveMessageOnPort(this.#port);
    if (received) this.#onMessage(received.message);
  }

  #isBusy(): boolean {
    return this.#inFlight.length > 0 || this.#checkpointing;
  }

  #flush(): void {
    if (this.#isBusy()) return;
    if (this.#waiting.length > 0) {
      this.#inFlight = this.#waiting.splice(0, this.#config.writes_per_commit_max);
      const writes = this.#inFlight.map((waiting) => waiting.write);
      this.#wal_bytes += PAGES_A_COMMIT * PAGE_BYTES;
      for (const write of writes) this.#wal_bytes += bytesInLog(write);
      this.#listener.committing();
      this.#post({ type: 'commit', writes, decided_at: this.#clock.now() });
    } else if (this.#state === 'closing') {
      this.#state = 'closed';
      this.#post({ type: 'close' });
    }
  }

  /** The file of the log says nothing: it keeps its size when the log starts anew. */
  #checkpointIfDue(): void {
    const { wal_bytes_max, wal_age_ms_max } = this.#config;
    const now = monotonicTime();
    const cut = now - this.#cut_at >= wal_age_ms_max;
    if (!cut && this.#wal_bytes < wal_bytes_max) return;
    if (cut) this.#cut_at = now;
    this.#wal_bytes = 0;
    this.#checkpointing = true;
    this.#post({ type: 'checkpoint', cut });
  }

  #post(message: ToWriter): void {
    this.#port.postMessage(message);
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
        const { results } = message;
        this.#listener.committed(pairs(done, results));
        this.#checkpointIfDue();
        this.#flush();
        results.forEach((result, index) => {
          if (result.type === 'failed') done[index]?.reject(unavailable(result.message));
          else done[index]?.resolve(result);
        });
        return;
      }
      case 'checkpointed':
        this.#checkpointing = false;
        this.#flush();
    }
  }

  #fail(reason: string): void {
    this.#state = 'closed';
    this.#listener.committed(null);
    const error = unavailable(reason);
    this.#started.reject(new SessionsError('STORE_UNUSABLE', error.message));
    for (const { reject } of [...this.#inFlight.splice(0), ...this.#waiting.splice(0)]) reject(error);
  }
}

function pairs(waiting: readonly Waiting[], results: readonly WriteResult[]): Done[] {
  const done: Done[] = [];
  results.forEach((result, index) => {
    const write = waiting[index]?.write;
    if (write) done.push({ write, result });
  });
  return done;
}

/** Pages of 4 KiB that the writes of a commit change together, in the table and its indexes. */
const PAGES_A_COMMIT = 4;
/** And those that a write shares with no other: 3.3 to 3.7 of an insert among 24, with 50,000 and with 500,000 sessions. */
const PAGES_A_WRITE = 4;
const PAGE_BYTES = 4096;

/** About what a write adds to the write-ahead log. */
function bytesInLog(write: Write): number {
  switch (write.type) {
    case 'insert':
      return PAGES_A_WRITE * PAGE_BYTES + write.row.reduce((bytes: number, value) => bytes + lengthOf(value), 0);
    case 'update':
      return PAGES_A_WRITE * PAGE_BYTES + lengthOfUpdate(write.update);
    case 'remove':
      return PAGES_A_WRITE * PAGE_BYTES;
    case 'close':
      return PAGES_A_WRITE * PAGE_BYTES * (write.request.dry_run ? 0 : write.request.limit);
    case 'expire':
    case 'purge':
      return PAGES_A_WRITE * PAGE_BYTES * write.limit;
  }
}

function lengthOfUpdate(update: SessionUpdate): number {
  switch (update.type) {
    case 'store':
      return lengthOf(update.value);
    case 'patch':
      return update.bytes_max;
    case 'expire':
    case 'amend':
    case 'close':
    case 'touch':
    case 'rotate':
      return 0;
  }
}

function lengthOf(value: string | number | null): number {
  return typeof value === 'string' ? value.length : 0;
}
