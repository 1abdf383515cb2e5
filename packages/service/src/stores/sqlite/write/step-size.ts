const SIZE_MAX = 32;
/** Other writes wait for a step of a sweep or a bulk close. */
const STEP_MS_MAX = 20;

/**
 * How many sessions a write over many changes in one commit. Where their pages have to be read from the disk, each takes up to
 * ten milliseconds: the size is halved after a step that took too long, and doubled after a quick one.
 */
export class StepSize {
  #sessions = SIZE_MAX;

  get sessions(): number {
    return this.#sessions;
  }

  took(ms: number): void {
    if (ms > STEP_MS_MAX) this.#sessions = Math.max(1, this.#sessions >> 1);
    else if (ms < STEP_MS_MAX / 4) this.#sessions = Math.min(SIZE_MAX, this.#sessions * 2);
  }
}
