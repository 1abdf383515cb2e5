/** Counts that the service's thread and the fuzzer share, so that a look at them needs no message. */
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
  /** Changes of sessions that the service has published; touches are not published. */
  'changes',
  /** Lines of the log that successful requests cause. */
  'info_lines',
  /** Lines of the levels `warn` and `error`. */
  'warn_lines',
] as const;
type CounterName = (typeof PLACES)[number];
