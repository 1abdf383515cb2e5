/** Counters in memory that the service's thread and the fuzzer share, so that a read needs no message. */
export class Counters {
  readonly memory: SharedArrayBuffer;
  readonly #counts: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * PLACES.length)) {
    this.memory = memory;
    this.#counts = new Int32Array(memory);
  }

  add(name: CounterName): void {
    Atomics.add(this.#counts, PLACES.indexOf(name), 1);
  }

  get(name: CounterName): number {
    return Atomics.load(this.#counts, PLACES.indexOf(name));
  }
}

const PLACES = [
  /** Changes of sessions that the service has published. Touches are not published. */
  'changes',
  /** Log lines of successful requests. */
  'info_lines',
  /** Log lines of the levels `warn` and `error`. */
  'warn_lines',
] as const;
type CounterName = (typeof PLACES)[number];
