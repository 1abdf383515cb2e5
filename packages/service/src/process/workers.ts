import cluster, { type Worker } from 'node:cluster';
import { monotonicTime } from '../domain/time/clock.ts';
import type { Logger } from '../observability/log.ts';
import { EXIT_CODE_INTERRUPTED } from './stop-signals.ts';

/** How long a worker that ended at once is waited for before it is started again; twice as long each time. */
const BACK_OFF_MS_MIN = 100;
const BACK_OFF_MS_MAX = 5_000;
/** After so many starts in a row that came to nothing, and with no worker left that serves, the whole is given up. */
const FAILED_STARTS_MAX = 5;

interface WorkersOptions {
  readonly count: number;
  readonly log: Logger;
  /** How long they may take to end, in milliseconds; then they are killed. */
  readonly shutdown_timeout_ms: number;
  /** Ends this process: 0 when all have ended as they were told, 1 for anything else. */
  readonly exit: (code: number) => void;
}

/**
 * The processes that serve one port together: this same command, started anew by a primary, which accepts connections
 * and hands them round. The first starts alone, so that what is wrong with the settings is said once, and a store is
 * made ready by one. A worker that ends is replaced. When the primary is gone, Node ends them.
 */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #living = new Set<Worker>();
  /** Of the living those that accept requests. */
  readonly #serving = new Set<Worker>();
  #hasServed = false;
  #failedStarts = 0;
  #isStopping = false;
  #exitCode = 0;

  constructor(options: WorkersOptions) {
    this.#options = options;
  }

  start(): void {
    this.#fork(BACK_OFF_MS_MIN);
  }

  /** Ends all workers without waiting for their requests in flight. */
  stopNow(): void {
    this.#isStopping = true;
    this.#kill('SIGKILL');
    this.#options.exit(EXIT_CODE_INTERRUPTED);
  }

  /** Lets all finish their requests in flight. A fault ends this process with a code of its own. */
  stop(signal: NodeJS.Signals, exit_code = 0): void {
    this.#isStopping = true;
    this.#exitCode = exit_code;
    const { log, shutdown_timeout_ms } = this.#options;
    log.info({ signal, msg: 'stopping: the workers finish requests in flight first' });
    setTimeout(() => {
      this.#exitCode = 1;
      this.#kill('SIGKILL');
    }, shutdown_timeout_ms).unref();
    this.#kill('SIGTERM');
    this.#exitWhenAllEnded();
  }

  #fork(back_off_ms: number): void {
    const started = monotonicTime();
    let worker: Worker;
    try {
      worker = cluster.fork();
    } catch (error) {
      // The system has no memory for a process.
      this.#failedStarts += 1;
      this.#replace(undefined, (error as Error).message, back_off_ms);
      return;
    }
    const ended = (end: number | string) => {
      const lived_ms = monotonicTime() - started;
      this.#ended(worker, end, lived_ms > BACK_OFF_MS_MAX ? BACK_OFF_MS_MIN : back_off_ms);
    };
    this.#living.add(worker);
    worker.once('listening', () => this.#serves(worker));
    worker.once('exit', (code, signal) => ended(code ?? signal));
    // A process that the system could not make has no id, and no exit either.
    worker.on('error', (error) => worker.process.pid === undefined && ended(error.message));
  }

  #serves(worker: Worker): void {
    this.#serving.add(worker);
    this.#failedStarts = 0;
    if (this.#hasServed) return;
    this.#hasServed = true;
    for (let rest = 1; rest < this.#options.count && !this.#isStopping; rest += 1) this.#fork(BACK_OFF_MS_MIN);
  }

  #ended(worker: Worker, end: number | string, back_off_ms: number): void {
    const { pid } = worker.process;
    this.#living.delete(worker);
    const hasServed = this.#serving.delete(worker);
    if (this.#isStopping) {
      // A signal ends a worker that is still starting.
      if (end !== 0 && end !== 'SIGTERM' && end !== 'SIGINT') this.#exitCode = 1;
      this.#exitWhenAllEnded();
      return;
    }
    if (!hasServed) this.#failedStarts += 1;
    this.#replace(pid, end, back_off_ms);
  }

  #replace(pid: number | undefined, end: number | string, back_off_ms: number): void {
    const { log, exit } = this.#options;
    const isHopeless = this.#serving.size === 0 && this.#failedStarts >= FAILED_STARTS_MAX;
    if (!this.#hasServed || isHopeless) {
      log.error({ pid, end, msg: 'no worker can start; what it wrote says why' });
      log.flush();
      exit(1);
      return;
    }
    log.warn({ pid, end, back_off_ms, msg: 'a worker ended, and is replaced' });
    setTimeout(() => {
      if (!this.#isStopping) this.#fork(Math.min(back_off_ms * 2, BACK_OFF_MS_MAX));
    }, back_off_ms);
  }

  #exitWhenAllEnded(): void {
    if (this.#living.size > 0) return;
    this.#options.log.info({ msg: 'stopped' });
    this.#options.log.flush();
    this.#options.exit(this.#exitCode);
  }

  #kill(signal: NodeJS.Signals): void {
    for (const worker of this.#living) worker.process.kill(signal);
  }
}
