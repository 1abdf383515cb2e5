import type { Logger } from './log.ts';

const INTERVAL_MS = 1_000;
/** Kinds that are told apart within an interval; further ones share a line. */
const KINDS_MAX = 100;
const OTHERS = 'others';

/** What a line says; `msg` and the error's message are its kind. */
export interface Fault {
  readonly msg: string;
  readonly err?: unknown;
  readonly [name: string]: unknown;
}

/** Of one kind, since the first line. */
interface Repeated {
  latest: Fault;
  count: number;
}

/**
 * Logs faults: a store that is away would otherwise write a line for each request. The first fault of a kind has a line at
 * once. Those that follow within a second share one line, which counts them.
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

/** The fault lines of a log: whoever writes to it shares their bounds. */
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
