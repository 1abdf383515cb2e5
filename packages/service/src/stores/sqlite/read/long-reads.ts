import { extname } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { SessionsError } from '../../../domain/errors.ts';
import { unavailable } from '../../shared/unavailable.ts';
import type { SqliteStoreConfig } from '../config.ts';
import type { FromLongReader, LongRead, LongReaderData, LongReadResults } from './long-read.ts';

/** How many reads may wait for the one in progress; further reads are rejected. */
const WAITING_MAX = 32;

interface Waiting {
  readonly number: number;
  readonly read: LongRead;
  readonly resolve: (result: never) => void;
  readonly reject: (error: SessionsError) => void;
  readonly timer: NodeJS.Timeout;
}

interface LongReadsOptions {
  readonly config: SqliteStoreConfig;
  /** Resolves when the commit in progress, if there is one, has been published. */
  readonly published: () => Promise<void>;
  /**
   * Called after each read; the next read starts when it has resolved. A read keeps the log from being moved, so a sequence of
   * reads without a pause would let the log grow.
   */
  readonly moveLog: () => Promise<void>;
}

/**
 * Runs the reads whose time grows with the store, one after the other on a separate thread, so that no other request
 * waits for them. Each read has a deadline; at the deadline it is rejected and its thread is ended.
 *
 * Such a read may see a commit that the other reads do not see yet. Its result is returned only after that commit has
 * been published, so that no later read shows an earlier state.
 */
export class LongReads {
  readonly #config: SqliteStoreConfig;
  readonly #published: () => Promise<void>;
  readonly #waiting: Waiting[] = [];
  readonly #moveLog: () => Promise<void>;
  #isMovingLog = false;
  #underWay: Waiting | null = null;
  #thread: { readonly worker: Worker; readonly port: MessagePort } | null = null;
  #count = 0;
  #closed: Promise<void> | null = null;

  constructor({ config, published, moveLog }: LongReadsOptions) {
    this.#config = config;
    this.#published = published;
    this.#moveLog = moveLog;
  }

  /** The number of reads that have not begun. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Rejects with `STORE_UNAVAILABLE` if too many reads wait, if the read takes too long, or if it fails. */
  async run<R extends LongRead>(read: R): Promise<LongReadResults[R['type']]> {
    if (this.#closed) throw unavailable('it is closed');
    if (this.#waiting.length >= WAITING_MAX) throw unavailable(`${WAITING_MAX} long reads are waiting already`);
    const result = await new Promise<LongReadResults[R['type']]>((resolve, reject) => {
      this.#count += 1;
      const number = this.#count;
      const timer = setTimeout(() => this.#expire(number), this.#config.long_read_timeout_ms);
      this.#waiting.push({ number, read, resolve, reject, timer });
      this.#next();
    });
    await this.#published();
    return result;
  }

  /** Resolves when the connection is closed; does not wait for a read in progress. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const isIdle = this.#underWay === null;
    for (const waiting of [...(this.#underWay ? [this.#underWay] : []), ...this.#waiting.splice(0)]) {
      this.#fail(waiting, unavailable('it is closed'));
    }
    this.#underWay = null;
    const ended = this.#giveUpThread();
    if (isIdle) await ended;
  }

  #next(): void {
    if (this.#underWay || this.#isMovingLog) return;
    const next = this.#waiting.shift();
    if (!next) return;
    this.#underWay = next;
    this.#thread ??= this.#start();
    this.#thread.port.postMessage({ ...next.read, number: next.number });
  }

  #start() {
    const { port1, port2 } = new MessageChannel();
    const file = new URL(`long-reader${extname(import.meta.url)}`, import.meta.url);
    const workerData: LongReaderData = { config: this.#config, port: port2 };
    const worker = new Worker(file, { workerData, transferList: [port2] });
    port1.on('message', (message: FromLongReader) => this.#receive(message));
    const thread = { worker, port: port1 };
    let reason = 'the thread of long reads has ended';
    worker.on('error', (error: unknown) => {
      reason += ` (${error instanceof Error ? error.message : error})`;
    });
    worker.on('exit', () => {
      port1.close();
      if (this.#thread === thread) this.#ended(reason);
    });
    // The sockets of requests keep the process running; this thread must not.
    worker.unref();
    port1.unref();
    return thread;
  }

  #receive(message: FromLongReader): void {
    const done = this.#underWay;
    if (done?.number !== message.number) return;
    this.#underWay = null;
    if (message.type === 'failed') this.#fail(done, unavailable(message.message));
    else {
      clearTimeout(done.timer);
      done.resolve(message.result as never);
    }
    void this.#between();
  }

  async #between(): Promise<void> {
    this.#isMovingLog = true;
    await this.#moveLog();
    this.#isMovingLog = false;
    this.#next();
  }

  #ended(reason: string): void {
    this.#thread = null;
    const underWay = this.#underWay;
    this.#underWay = null;
    if (underWay) this.#fail(underWay, unavailable(reason));
    this.#next();
  }

  #expire(number: number): void {
    const late = unavailable(
      `a long read took more than ${this.#config.long_read_timeout_ms / 1000} s; use a narrower filter`,
    );
    const at = this.#waiting.findIndex((waiting) => waiting.number === number);
    if (at >= 0) for (const waiting of this.#waiting.splice(at, 1)) this.#fail(waiting, late);
    if (this.#underWay?.number !== number) return;
    this.#fail(this.#underWay, late);
    this.#underWay = null;
    // SQLite cannot be interrupted from here: the thread ends after its statement, and a new thread runs the next read.
    void this.#giveUpThread();
    this.#next();
  }

  async #giveUpThread(): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    thread?.port.close();
    await thread?.worker.terminate();
  }

  #fail({ reject, timer }: Waiting, error: SessionsError): void {
    clearTimeout(timer);
    reject(error);
  }
}
