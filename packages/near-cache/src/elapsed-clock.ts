/** The two clocks of a machine, in milliseconds. Each can stand still where the other one does not. */
export interface MachineClocks {
  /** Never steps back. On most systems it stands still while the machine is suspended. */
  readonly monotonic: () => number;
  /** Milliseconds since 1970. Runs on while the machine is suspended, but can be set. */
  readonly wall: () => number;
}

/** A smaller difference is taken for rounding, since browsers round both clocks. */
const DIFFERENCE_MS_MAX = 120;
/** By how much the clock can be behind: two differences that are not noticed, with a wall clock of whole milliseconds. */
export const UNNOTICED_MS = 2 * (DIFFERENCE_MS_MAX + 1);
/** Longer than anything that is judged by this clock: after a difference, nothing from before it counts. */
const LEAP_MS = 10_000;
/** A process that is stopped between two readings has not seen a difference of its clocks. */
const READINGS_MAX = 3;
/**
 * How long the wall clock is left out, which takes as long to read as the other one. No machine is suspended and goes on
 * in so short a time of its monotonic clock: it stops its processes first.
 */
const COMPARED_EVERY_MS = 0.002;

/**
 * Milliseconds that have passed, also while the machine was suspended: at least what either of its clocks says. The
 * clocks are witnesses for each other. Where they differ, one of them stood still or was set, and nothing says for how
 * long, so this clock leaps ahead. It never steps back.
 *
 * Up to `UNNOTICED_MS` stay unnoticed. So does what both clocks have alike, when a virtual machine is paused: only who
 * hears of another machine's clock can notice that.
 */
export class ElapsedClock {
  readonly #clocks: MachineClocks;
  /** From the monotonic clock to the wall clock. */
  #distance: number;
  /** From the monotonic clock to this one. */
  #lead = 0;
  /** When the two were compared, by the monotonic clock. */
  #compared: number;

  constructor(clocks: MachineClocks) {
    this.#clocks = clocks;
    this.#compared = clocks.monotonic();
    this.#distance = clocks.wall() - this.#compared;
  }

  now(): number {
    const monotonic = this.#clocks.monotonic();
    const since_ms = monotonic - this.#compared;
    // A clock that has not moved at all is one that stands still.
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
