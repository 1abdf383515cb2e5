import { SessionsError } from '../../domain/errors.ts';
import { type Clock, monotonicTime } from '../../domain/time/clock.ts';
import type { StoreReport } from '../shared/store-url.ts';
import { unavailable } from '../shared/unavailable.ts';
import { Writability } from '../shared/writability.ts';
import type { SqliteStoreConfig } from './config.ts';
import { FilesCheck } from './files-check.ts';
import { bytesOfCommit } from './log-growth.ts';
import { WriterThread } from './writer-thread.ts';
import { type Committed, type Done, doneOf, type FromWriter, type Write, type WriteResult } from './writes.ts';

/**
 * So many do not wait for the end of the turn: with 64 callers, one commit for all would leave the disk idle while
 * they are answered, and them while it flushes. It costs a tenth more CPU, and a fifth more writes are answered.
 */
const WRITES_WORTH_A_COMMIT = 16;

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
  /** Sessions that cannot be read were found: what is in memory of them must not outlast that. */
  readonly foundUnreadable: () => void;
}

interface CommitQueueOptions {
  readonly config: SqliteStoreConfig;
  readonly clock: Clock;
  readonly listener: CommitListener;
  readonly report: (report: StoreReport) => void;
}

/** How long a thread that has ended is waited for before another one starts; twice as long each time. */
const BACK_OFF_MS_MIN = 100;
const BACK_OFF_MS_MAX = 5_000;
/** A checkpoint that failed is tried again after this part of the log's bound. */
const CHECKPOINT_RETRY_PART = 8;

/**
 * Group commit: while one commit is on its way to the disk, writes gather, and go as one transaction when it is
 * back. A write's promise is fulfilled after its commit. The queue is bounded, and refuses what is beyond.
 *
 * Between two commits it has the write-ahead log moved into the file, once that has grown. SQLite would do so within
 * a commit, where the reader's snapshot keeps it from starting the log anew, and the log would grow for ever. From time to
 * time the log is cut too, since it holds what was deleted.
 *
 * When the thread that writes ends unasked, the queue starts another one.
 */
export class CommitQueue {
  readonly #config: SqliteStoreConfig;
  readonly #clock: Clock;
  readonly #listener: CommitListener;
  readonly #report: (report: StoreReport) => void;
  readonly #writability: Writability;
  readonly #started = Promise.withResolvers<void>();
  readonly #exited = Promise.withResolvers<void>();
  #files: FilesCheck | null = null;
  /** Null between two threads. */
  #thread: WriterThread | null = null;
  #restart: NodeJS.Timeout | null = null;
  #back_off_ms = BACK_OFF_MS_MIN;
  #waiting: Waiting[] = [];
  #inFlight: Waiting[] = [];
  #state: 'starting' | 'open' | 'closing' | 'closed' = 'starting';
  #flushScheduled = false;
  #isCheckpointing = false;
  #isProving = false;
  #hasUnreadable = false;
  #unusable: string | null = null;
  #wal_bytes = 0;
  #told: PromiseWithResolvers<void> | null = null;
  #cut_at = monotonicTime();

  constructor({ config, clock, listener, report }: CommitQueueOptions) {
    this.#config = config;
    this.#clock = clock;
    this.#listener = listener;
    this.#report = report;
    this.#writability = new Writability({ prove: (needs_room) => this.#prove(needs_room), report });
    this.#start();
  }

  /** Resolves when the schema is there; rejects with `STORE_UNUSABLE`. */
  started(): Promise<void> {
    return this.#started.promise;
  }

  /** Resolves with the result after the commit; rejects with `STORE_UNAVAILABLE` when nothing was written. */
  write(write: Write): Promise<WriteResult> {
    if (this.#state !== 'open') return Promise.reject(unavailable('it is closed'));
    if (!this.#thread) return Promise.reject(unavailable('the thread that writes is started again'));
    if (this.#waiting.length >= this.#config.writes_waiting_max) {
      return Promise.reject(unavailable(`${this.#waiting.length} writes are waiting for the disk`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject });
      // Under load the turn is long, and the thread would wait for its next commit while this one reads requests for it.
      this.#thread?.receiveNow();
      if (this.#waiting.length >= WRITES_WORTH_A_COMMIT) this.#flush();
      else this.#scheduleFlush();
    });
  }

  /** Resolves when the commit that is on its way to the disk, if there is one, has been told. */
  told(): Promise<void> {
    if (this.#inFlight.length === 0) return Promise.resolve();
    this.#told ??= Promise.withResolvers();
    return this.#told.promise;
  }

  /** Resolves when writes are possible; rejects with `STORE_UNAVAILABLE`. */
  async proved(): Promise<void> {
    if (this.#state !== 'open') throw unavailable('it is closed');
    await this.#writability.proved();
  }

  /** Whether sessions were found that cannot be read. */
  get hasUnreadable(): boolean {
    return this.#hasUnreadable;
  }

  /** Commits what was accepted, then ends the thread. */
  async close(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'closing';
      if (this.#restart) clearTimeout(this.#restart);
      if (this.#thread) this.#flush();
      else this.#closed();
    }
    await this.#exited.promise;
  }

  /** Throws `FilesGone` when the files are not those that were opened first: another connection would see other ones. */
  assertSameFiles(): void {
    this.#files?.assertSame();
  }

  #start(): void {
    this.#restart = null;
    this.#isCheckpointing = false;
    this.#isProving = false;
    this.#unusable = null;
    try {
      this.assertSameFiles();
      this.#thread = new WriterThread(this.#config, {
        receive: (message) => this.#receive(message),
        ended: (reason) => this.#ended(reason),
      });
    } catch (error) {
      this.#ended((error as Error).message);
    }
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

  #isBusy(): boolean {
    return this.#inFlight.length > 0 || this.#isCheckpointing || !this.#thread;
  }

  #flush(): void {
    if (this.#isBusy()) return;
    if (this.#waiting.length > 0) {
      this.#inFlight = this.#waiting.splice(0, this.#config.writes_per_commit_max);
      const writes = this.#inFlight.map((waiting) => waiting.write);
      this.#wal_bytes += bytesOfCommit(writes);
      this.#listener.committing();
      this.#thread?.send({ type: 'commit', writes, decided_at: this.#clock.now() });
    } else if (this.#state === 'closing') {
      this.#state = 'closed';
      this.#thread?.send({ type: 'close' });
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
    this.#isCheckpointing = true;
    this.#thread?.send({ type: 'checkpoint', cut });
  }

  /** Beside what is under way: the thread does one after the other. */
  #prove(needs_room: boolean): void {
    if (this.#isProving || !this.#thread) return;
    this.#isProving = true;
    this.#wal_bytes += bytesOfCommit([]);
    this.#thread.send({ type: 'prove', needs_room });
  }

  #receive(message: FromWriter): void {
    switch (message.type) {
      case 'ready':
        if (this.#state === 'starting') this.#state = 'open';
        this.#files ??= new FilesCheck(this.#config.path);
        this.#started.resolve();
        // It has written the version of the schema.
        this.#writability.proof(null);
        return;
      case 'unusable':
        this.#unusable = message.message;
        return;
      case 'committed':
        this.#committed(message);
        return;
      case 'checkpointed':
        this.#isCheckpointing = false;
        if (message.fault !== null) this.#checkpointFailed(message.fault);
        this.#flush();
        return;
      case 'proved':
        this.#isProving = false;
        this.#writability.proof(message.fault);
    }
  }

  #committed({ results, fault, unreadable }: Committed): void {
    const done = this.#inFlight;
    this.#inFlight = [];
    if (fault === null) this.#back_off_ms = BACK_OFF_MS_MIN;
    this.#writability.committed(fault);
    if (unreadable > 0) this.#foundUnreadable(unreadable);
    try {
      this.#listener.committed(doneOf(done, results));
    } finally {
      this.#tell();
      this.#checkpointIfDue();
      this.#flush();
      results.forEach((result, index) => {
        if (result.type === 'failed') done[index]?.reject(unavailable(result.message));
        else done[index]?.resolve(result);
      });
    }
  }

  #tell(): void {
    this.#told?.resolve();
    this.#told = null;
  }

  #foundUnreadable(count: number): void {
    this.#hasUnreadable = true;
    const msg = 'sessions in a damaged part of the database were left out of a write over many sessions';
    this.#report({ level: 'error', count, msg });
    this.#listener.foundUnreadable();
  }

  #checkpointFailed(fault: string): void {
    const { wal_bytes_max } = this.#config;
    this.#wal_bytes = Math.max(this.#wal_bytes, wal_bytes_max - wal_bytes_max / CHECKPOINT_RETRY_PART);
    const msg = 'the write-ahead log was not moved into the database; it grows until that is possible';
    this.#report({ level: 'error', err: unavailable(fault), msg });
  }

  #ended(reason: string | null): void {
    this.#thread = null;
    const fault = this.#unusable ?? `the thread that writes has ended${reason === null ? '' : ` (${reason})`}`;
    for (const { reject } of [...this.#inFlight.splice(0), ...this.#waiting.splice(0)]) reject(unavailable(fault));
    this.#listener.committed(null);
    this.#tell();
    if (this.#state !== 'open') {
      this.#started.reject(new SessionsError('STORE_UNUSABLE', fault));
      this.#closed();
      return;
    }
    this.#writability.proof(fault);
    this.#restart = setTimeout(() => this.#start(), this.#back_off_ms);
    this.#back_off_ms = Math.min(this.#back_off_ms * 2, BACK_OFF_MS_MAX);
  }

  #closed(): void {
    this.#state = 'closed';
    this.#writability.close();
    this.#exited.resolve();
  }
}
