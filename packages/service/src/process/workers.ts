import cluster, { type Worker } from 'node:cluster';
import { monotonicTime } from '../domain/time/clock.ts';
import type { Logger } from '../observability/log.ts';
import { EXIT_CODE_INTERRUPTED } from './stop-signals.ts';
import { passOn } from './worker-peers.ts';

/** The pause before a worker that ended early is started again. It doubles each time. */
const BACK_OFF_MS_MIN = 100;
const BACK_OFF_MS_MAX = 5_000;
/** After this many failed starts in a row, with no worker that serves, the primary gives up. */
const FAILED_STARTS_MAX = 5;

interface WorkersOptions {
  readonly count: number;
  readonly log: Logger;
  /** Maximum time for the workers to end, in milliseconds. Then they are killed. */
  readonly shutdown_timeout_ms: number;
  /** Ends this process: with 0 if all workers ended as requested, else with 1. */
  readonly exit: (code: number) => void;
}

/**
 * The worker processes that serve one port together. The primary runs the same command in each of them, accepts
 * connections and distributes them.
 *
 * The first worker starts alone, so that bad settings are reported once and one process prepares the store. A worker
 * that ends is replaced. If the primary ends, Node ends the workers.
 */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #living = new Set<Worker>();
  /** The running workers that accept requests. */
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

  /** Kills all workers without waiting for requests in flight. */
  stopNow(): void {
    this.#isStopping = true;
    this.#kill('SIGKILL');
    this.#options.exit(EXIT_CODE_INTERRUPTED);
  }

  /** Lets all workers read the files of keys and certificates again. Those that are starting read them anyway. */
  renew(): void {
    for (const worker of this.#serving) worker.process.kill('SIGHUP');
  }

  /** Ends all workers after their requests in flight. After a fault, `exit_code` is the code of this process. */
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
      // The system has not enough memory for a new process.
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
    worker.on('message', (message) => passOn(message, worker, this.#serving));
    worker.once('exit', (code, signal) => ended(code ?? signal));
    // A process that could not be created has no id, and emits no exit event.
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
      // The signal ends a worker that is still starting.
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
      log.error({ pid, end, msg: 'no worker can start; see its messages above' });
      log.flush();
      exit(1);
      return;
    }
    log.warn({ pid, end, back_off_ms, msg: 'a worker ended and is replaced' });
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
