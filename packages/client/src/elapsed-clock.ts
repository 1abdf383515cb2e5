/** The two clocks of a machine, in milliseconds. Each can stand still where the other one does not. */
export interface MachineClocks {
  /** Never steps back. On most systems it stands still while the machine is suspended. */
  readonly monotonic: () => number;
  /** Milliseconds since 1970. Runs on while the machine is suspended, but can be set. */
  readonly wall: () => number;
}

/** A smaller difference is taken for rounding, since browsers round both clocks. */
const DIFFERENCE_MS_MAX = 120;
/** By how much the clock can be behind: two differences that are not noticed, and the millisecond of the wall clock. */
export const UNNOTICED_MS = 2 * DIFFERENCE_MS_MAX + 1;
/** Longer than anything that is judged by this clock: after a difference, nothing from before it counts. */
const LEAP_MS = 10_000;
/** A process that is stopped between two readings has not seen a difference of its clocks. */
const READINGS_MAX = 3;
/** So often the monotonic clock is left out within the same millisecond of the other one: it takes half of a hit. */
const USES_MAX = 32;

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
  #now: number;
  #wall: number;
  #uses_left = USES_MAX;

  constructor(clocks: MachineClocks) {
    this.#clocks = clocks;
    this.#wall = clocks.wall();
    this.#now = clocks.monotonic();
    this.#distance = this.#wall - this.#now;
  }

  /** Up to a millisecond behind. */
  now(): number {
    const wall = this.#clocks.wall();
    if (wall !== this.#wall || this.#uses_left === 0) return this.#read(wall);
    this.#uses_left -= 1;
    return this.#now;
  }

  #read(read_wall: number): number {
    let wall = read_wall;
    let monotonic = this.#clocks.monotonic();
    let difference = wall - monotonic - this.#distance;
    for (let reading = 1; reading < READINGS_MAX && Math.abs(difference) > DIFFERENCE_MS_MAX; reading += 1) {
      wall = this.#clocks.wall();
      monotonic = this.#clocks.monotonic();
      difference = wall - monotonic - this.#distance;
    }
    if (Math.abs(difference) > DIFFERENCE_MS_MAX) {
      this.#distance += difference;
      this.#lead += Math.abs(difference) + LEAP_MS;
    }
    this.#wall = wall;
    this.#uses_left = USES_MAX;
    this.#now = monotonic + this.#lead;
    return this.#now;
  }
}
