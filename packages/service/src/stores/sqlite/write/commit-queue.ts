import { SessionsError } from '../../../domain/errors.ts';
import { type Clock, monotonicTime } from '../../../domain/time/clock.ts';
import { unavailable } from '../../shared/unavailable.ts';
import { Writability } from '../../shared/writability.ts';
import type { SqliteStoreConfig } from '../config.ts';
import { FilesWatch } from '../files/files-watch.ts';
import { CheckpointSchedule } from './checkpoint-schedule.ts';
import { CommitCounts, type Waiting } from './commit-counts.ts';
import type { CommitListener, CommitQueueOptions } from './commit-listener.ts';
import { QueueReports } from './queue-reports.ts';
import { WriterThread } from './writer-thread.ts';
import { type Committed, doneOf, type FromWriter, type Write, type WriteResult } from './writes.ts';

/**
 * This many writes do not wait for the end of the turn. With 64 callers and one commit for all, the disk would be idle
 * while responses are sent, and the callers would wait during the flush. This costs a tenth more CPU for a fifth more
 * writes.
 */
const WRITES_WORTH_A_COMMIT = 16;

/** The pause before another thread starts after one has ended; doubled each time. */
const BACK_OFF_MS_MIN = 100;
const BACK_OFF_MS_MAX = 5_000;

/**
 * Group commit: writes that arrive during a commit gather, and share the next transaction. A write resolves after its
 * commit. The queue is bounded: further writes are rejected.
 *
 * Between two commits, the queue lets the thread move the write-ahead log into the file. SQLite would do that within a
 * commit, where the reader's snapshot keeps the log from restarting, and the log would grow without limit. If the
 * writer thread ends unexpectedly, the queue starts another one.
 */
export class CommitQueue {
  readonly checkpoints: CheckpointSchedule;
  readonly commits = new CommitCounts();
  readonly #config: SqliteStoreConfig;
  readonly #clock: Clock;
  readonly #listener: CommitListener;
  readonly #reports: QueueReports;
  readonly #writability: Writability;
  readonly #started = Promise.withResolvers<void>();
  readonly #exited = Promise.withResolvers<void>();
  readonly #files: FilesWatch;
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
  #published: PromiseWithResolvers<void> | null = null;

  constructor({ config, clock, listener, report }: CommitQueueOptions) {
    this.#config = config;
    this.#clock = clock;
    this.#listener = listener;
    this.#reports = new QueueReports(report, config.path);
    this.#writability = new Writability({
      prove: (needs_room) => this.#prove(needs_room),
      report: (line) => this.#reports.writability(line, this.#files.isLost),
    });
    this.checkpoints = new CheckpointSchedule(config);
    this.#files = new FilesWatch(config.path, () => this.#checkFiles());
    this.#start();
  }

  /** Resolves when the schema exists; rejects with `STORE_UNUSABLE`. */
  started(): Promise<void> {
    return this.#started.promise;
  }

  /** Resolves to the result after the commit; rejects with `STORE_UNAVAILABLE` if nothing was written. */
  write(write: Write): Promise<WriteResult> {
    if (this.#state !== 'open') return Promise.reject(unavailable('it is closed'));
    if (!this.#thread) return Promise.reject(unavailable('the writer thread is being restarted'));
    if (this.#waiting.length >= this.#config.writes_waiting_max) {
      return Promise.reject(unavailable(`${this.#waiting.length} writes are waiting for the disk`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject, since: monotonicTime() });
      // Under load the turn is long: without this, the writer thread would be idle while this thread reads more
      // requests.
      this.#thread?.receiveNow();
      if (this.#waiting.length >= WRITES_WORTH_A_COMMIT) this.#flush();
      else this.#scheduleFlush();
    });
  }

  /** The number of writes that no commit has taken yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when the commit in progress, if there is one, has been published. */
  published(): Promise<void> {
    if (this.#inFlight.length === 0) return Promise.resolve();
    this.#published ??= Promise.withResolvers();
    return this.#published.promise;
  }

  /** Resolves if writes are possible; rejects with `STORE_UNAVAILABLE`. */
  async proved(): Promise<void> {
    if (this.#state !== 'open') throw unavailable('it is closed');
    await this.#writability.proved();
  }

  /** Whether unreadable sessions were found. */
  get hasUnreadable(): boolean {
    return this.#hasUnreadable;
  }

  /** Commits the accepted writes, then ends the thread. */
  async close(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'closing';
      if (this.#restart) clearTimeout(this.#restart);
      if (this.#thread) this.#flush();
      else this.#closed();
    }
    await this.#exited.promise;
  }

  /** Moves the part of the log that a reader has held back. Resolves after the attempt. */
  async moveLog(): Promise<void> {
    const made = this.checkpoints.want();
    if (!this.#isBusy()) this.#checkpointIfDue();
    await made;
  }

  /** Throws `FilesGone` if the files are not those that were opened first. */
  assertSameFiles(): void {
    this.#files.assertSame();
  }

  #start(): void {
    this.#restart = null;
    this.#isCheckpointing = false;
    this.#isProving = false;
    this.#unusable = null;
    try {
      this.assertSameFiles();
      this.#thread = new WriterThread(this.#config, this.#files.known, {
        receive: (message) => this.#receive(message),
        ended: (reason) => this.#ended(reason),
      });
    } catch (error) {
      this.#ended((error as Error).message);
    }
  }

  /** Waits for the end of the turn, so that requests that were read together are committed together. */
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
      const writes = this.#inFlight.map(({ write }) => write);
      this.checkpoints.committing(writes);
      this.#listener.committing();
      this.#thread?.send({ type: 'commit', writes, decided_at: this.#clock.now() });
    } else if (this.#state === 'closing') {
      this.#state = 'closed';
      void this.#listener.ending().then(() => this.#thread?.send({ type: 'close' }));
    }
  }

  #checkpointIfDue(): void {
    const due = this.checkpoints.takeDue();
    if (!due) return;
    this.#isCheckpointing = true;
    this.#thread?.send({ type: 'checkpoint', ...due });
  }

  #checkFiles(): boolean {
    if (this.#state === 'open') this.#thread?.send({ type: 'check' });
    return this.#state === 'open' && this.#thread !== null;
  }

  /** May run beside a commit: the thread executes one message after the other. */
  #prove(needs_room: boolean): void {
    if (this.#isProving || !this.#thread) return;
    this.#isProving = true;
    this.checkpoints.committing([]);
    this.#thread.send({ type: 'prove', needs_room });
  }

  #receive(message: FromWriter): void {
    switch (message.type) {
      case 'ready':
        if (this.#state === 'starting') this.#state = 'open';
        this.#files.opened(message.files);
        this.#started.resolve();
        // The thread has written the version of the schema.
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
        this.#files.checkpointed(message.files);
        this.checkpoints.made(message.fault === null ? message.pages_left : null);
        if (message.fault !== null) this.#reports.checkpointFailed(message.fault);
        this.#flush();
        return;
      case 'proved':
        this.#isProving = false;
        this.#writability.proof(message.fault);
        return;
      case 'checked':
        this.#files.checked();
        // The existence of the files does not prove that they can be written to.
        if (message.fault !== null) this.#writability.proof(message.fault);
        return;
      case 'lost':
        this.#files.lost(message.reason);
        this.#listener.lost(message.reason);
    }
  }

  #committed({ results, fault, is_unsure, unreadable }: Committed): void {
    const done = this.#inFlight;
    this.#inFlight = [];
    this.commits.add(done);
    if (fault === null) this.#back_off_ms = BACK_OFF_MS_MIN;
    this.#writability.committed(fault);
    if (unreadable > 0) this.#foundUnreadable(unreadable);
    try {
      this.#listener.committed(is_unsure ? null : doneOf(done, results));
    } finally {
      this.#published?.resolve();
      this.#published = null;
      this.#checkpointIfDue();
      this.#flush();
      results.forEach((result, index) => {
        if (result.type === 'failed') done[index]?.reject(unavailable(result.message));
        else done[index]?.resolve(result);
      });
    }
  }

  #foundUnreadable(count: number): void {
    this.#hasUnreadable = true;
    this.#reports.unreadable(count);
    this.#listener.foundUnreadable();
  }

  #ended(reason: string | null): void {
    this.#thread = null;
    this.#files.threadEnded(this.#isCheckpointing);
    this.checkpoints.made(null);
    const fault = this.#unusable ?? `the writer thread has ended${reason === null ? '' : ` (${reason})`}`;
    for (const { reject } of [...this.#inFlight.splice(0), ...this.#waiting.splice(0)]) reject(unavailable(fault));
    this.#listener.committed(null);
    this.#published?.resolve();
    this.#published = null;
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
    this.#files.close();
    this.#writability.close();
    this.#exited.resolve();
  }
}
