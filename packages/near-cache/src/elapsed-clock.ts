/** The two clocks of a machine, in milliseconds. Either can stand still while the other runs. */
export interface MachineClocks {
  /** Never steps back. On most systems it stands still while the machine is suspended. */
  readonly monotonic: () => number;
  /** Milliseconds since 1970. It runs while the machine is suspended, but it can be set. */
  readonly wall: () => number;
}

/** Smaller differences count as rounding: browsers round both clocks. */
const DIFFERENCE_MS_MAX = 120;
/**
 * The maximum time that `ElapsedClock` can be behind, in milliseconds: two undetected differences, with a wall clock of
 * whole milliseconds.
 */
export const UNNOTICED_MS = 2 * (DIFFERENCE_MS_MAX + 1);
/**
 * Longer than every duration that is measured with this clock: after a difference, all earlier measurements count as
 * expired.
 */
const LEAP_MS = 10_000;
/**
 * Readings before a difference counts. A process that is stopped between the readings of the two clocks sees a
 * difference that does not exist.
 */
const READINGS_MAX = 3;
/**
 * How long the wall clock is not read, in milliseconds: reading it costs as much as reading the monotonic clock. No
 * machine can be suspended and resumed in so short a time of its monotonic clock, because it stops its processes first.
 */
const COMPARED_EVERY_MS = 0.002;

/**
 * A clock of elapsed time in milliseconds that also counts the time while the machine was suspended. It advances at
 * least as much as either of its two clocks, and never steps back.
 *
 * If the two clocks differ, one of them stood still or was set, and the length of that is unknown. The clock then leaps
 * ahead. A difference of up to `UNNOTICED_MS` is not detected. Nor is a pause of a virtual machine, which stops both
 * clocks: only the clock of another machine can reveal it.
 *
 * @example
 * import { ElapsedClock } from '@pip-sessions/near-cache/elapsed-clock';
 *
 * const clock = new ElapsedClock({ monotonic: () => performance.now(), wall: () => Date.now() });
 * const started_ms = clock.now();
 * console.log(clock.now() - started_ms);
 */
export class ElapsedClock {
  readonly #clocks: MachineClocks;
  /** The wall clock minus the monotonic clock. */
  #distance: number;
  /** This clock minus the monotonic clock. */
  #lead = 0;
  /** The last comparison of the two clocks, by the monotonic clock. */
  #compared: number;

  constructor(clocks: MachineClocks) {
    this.#clocks = clocks;
    this.#compared = clocks.monotonic();
    this.#distance = clocks.wall() - this.#compared;
  }

  /** Returns the elapsed time in milliseconds since an arbitrary start. */
  now(): number {
    const monotonic = this.#clocks.monotonic();
    const since_ms = monotonic - this.#compared;
    // If the clock has not moved at all, it may stand still: compare.
    if (since_ms > 0 && since_ms < COMPARED_EVERY_MS) return monotonic + this.#lead;
    return this.#compare(monotonic);
  }

  #compare(read: number): number {
    let monotonic = read;
    let difference = this.#clocks.wall() - monotonic - this.#distance;
    for (let reading = 1; reading < READINGS_MAX && Math.abs(difference) > DIFFERENCE_MS_MAX; reading += 1) {
      monotonic = this.#clocks.monotonic();
      difference = this.#clocks.wall() - monotonic - this.#distance;
    }
    if (Math.abs(difference) > DIFFERENCE_MS_MAX) {
      this.#distance += difference;
      this.#lead += Math.abs(difference) + LEAP_MS;
    }
    this.#compared = monotonic;
    return monotonic + this.#lead;
  }
}
