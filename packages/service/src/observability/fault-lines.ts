import type { Logger } from './log.ts';

const INTERVAL_MS = 1_000;
/** Maximum number of kinds with their own line within an interval; further kinds share a line. */
const KINDS_MAX = 100;
const OTHERS = 'others';

/** A log line about a fault. `msg` and the message of `err` determine its kind. */
export interface Fault {
  readonly msg: string;
  readonly err?: unknown;
  readonly [name: string]: unknown;
}

/** The faults of one kind since its first line. */
interface Repeated {
  latest: Fault;
  count: number;
}

/**
 * Logs faults at a bounded rate: a store that is down would otherwise cause a line for each request. The first fault of
 * a kind is logged at once. The faults of the next second share one line, which counts them.
 */
export class FaultLines {
  readonly #log: Logger;
  readonly #kinds = new Map<string, Repeated>();

  constructor(log: Logger) {
    this.#log = log;
  }

  write(level: 'error' | 'warn', fault: Fault): void {
    const kind = kindOf(level, fault);
    const key = this.#kinds.has(kind) || this.#kinds.size < KINDS_MAX ? kind : OTHERS;
    const known = this.#kinds.get(key);
    if (known) {
      known.latest = fault;
      known.count += 1;
      return;
    }
    this.#log[level](fault);
    this.#kinds.set(key, { latest: fault, count: 0 });
    setTimeout(() => this.#summarize(level, key), INTERVAL_MS).unref();
  }

  #summarize(level: 'error' | 'warn', key: string): void {
    const repeated = this.#kinds.get(key);
    this.#kinds.delete(key);
    if (repeated && repeated.count > 0) this.#log[level]({ ...repeated.latest, count: repeated.count });
  }
}

const OF_LOGGERS = new WeakMap<Logger, FaultLines>();

/** Returns the fault lines of a logger. All code with the same logger shares its bounds. */
export function faultLines(log: Logger): FaultLines {
  let lines = OF_LOGGERS.get(log);
  if (!lines) {
    lines = new FaultLines(log);
    OF_LOGGERS.set(log, lines);
  }
  return lines;
}

function kindOf(level: string, { msg, err }: Fault): string {
  return `${level} ${msg} ${err instanceof Error ? err.message : ''}`;
}
