import type { Micros } from '../history.ts';

/** The minimum that a later read must show. */
export interface Floor {
  readonly revision: number;
  readonly request_time: number;
}

const NONE: Floor = { revision: 0, request_time: 0 };
/** Steps are removed from the front in groups of this size, because each removal moves all others. */
const STEPS_FORGOTTEN_MIN = 64;

/** The highest revision and activity that were shown up to each moment. */
export class Staircase {
  readonly #times: Micros[] = [];
  readonly #floors: Floor[] = [];

  /** `time` must not be earlier than that of the previous call. */
  raise(time: Micros, revision: number, request_time: number): void {
    const last = this.last();
    if (revision <= last.revision && request_time <= last.request_time) return;
    const floor = {
      revision: Math.max(revision, last.revision),
      request_time: Math.max(request_time, last.request_time),
    };
    if (this.#times.at(-1) === time) this.#floors[this.#floors.length - 1] = floor;
    else {
      this.#times.push(time);
      this.#floors.push(floor);
    }
  }

  last(): Floor {
    return this.#floors.at(-1) ?? NONE;
  }

  /** The floor for a read that starts at that moment. */
  before(time: Micros): Floor {
    for (let at = this.#times.length - 1; at >= 0; at -= 1) {
      if ((this.#times[at] ?? 0) < time) return this.#floors[at] ?? NONE;
    }
    return NONE;
  }

  /** Forgets the steps that `before` cannot return for this moment or a later one. */
  forgetBefore(time: Micros): void {
    let count = 0;
    while ((this.#times[count + 1] ?? Number.POSITIVE_INFINITY) < time) count += 1;
    if (count < STEPS_FORGOTTEN_MIN) return;
    this.#times.splice(0, count);
    this.#floors.splice(0, count);
  }
}
