import { type Clock, monotonicTime } from './clock.ts';

/** Maximum difference between the clock of a node and that of its store's server. */
export const CLOCK_DIFFERENCE_MS_MAX = 10_000;

/** Maximum difference between the clocks of two nodes: each may differ that much from the server's clock. */
export const LEASE_AHEAD_MS_MAX = 2 * CLOCK_DIFFERENCE_MS_MAX;

/** The assumed drift between the clocks of two machines: 0.1 ms in a second. */
const DRIFT = 0.0001;

/** How far the clock of a node is ahead of the clock of its store's server; negative if it is behind. */
export interface ClockDifference {
  readonly ahead_ms: number;
  /** Half the duration of the comparison: the real difference may be smaller or larger by this much. */
  readonly error_ms: number;
}

/** Compares a clock with that of a server. `read` returns the server's time in milliseconds since 1970. */
export async function compareClocks(clock: Clock, read: () => Promise<number>): Promise<ClockDifference> {
  const [before, began] = [clock.now(), monotonicTime()];
  const server = await read();
  const [after, ended] = [clock.now(), monotonicTime()];
  // The two durations differ if the clock stands still or steps in the meantime.
  return { ahead_ms: (before + after) / 2 - server, error_ms: Math.max(after - before, ended - began) / 2 };
}

interface Compared extends ClockDifference {
  readonly time: number;
  readonly monotonic_time: number;
}

/**
 * The clock of a node, compared with the clock of its store's server from time to time. While its difference is too
 * large, it ends no session, because an end cannot be undone. The server's clock is not used in its place.
 *
 * Between two comparisons the monotonic clock shows how far the clock has stepped. Some systems stop the monotonic
 * clock during a suspension, so it may be wrong. A step therefore requests another comparison (`doubted`).
 */
export class CheckedClock implements Clock {
  /** Called when the clock seems to have stepped since the last comparison. */
  doubted: () => void = () => {};
  readonly #clock: Clock;
  readonly #monotonicTime: () => number;
  #compared: Compared | null = null;
  /** The most exact comparison, with its drift until now. */
  #exact: Compared | null = null;

  constructor(clock: Clock, monotonic = monotonicTime) {
    this.#clock = clock;
    this.#monotonicTime = monotonic;
  }

  now(): number {
    return this.#clock.now();
  }

  /** Sets the result of a store's `clockDifference`; null for a store without a server. */
  compared(difference: ClockDifference | null): void {
    const [time, monotonic_time] = [this.#clock.now(), this.#monotonicTime()];
    this.#compared = difference && { ...difference, time, monotonic_time };
    this.#exact = moreExact(this.#exact, this.#compared);
  }

  /** The monotonic clock shows the time since the most exact comparison. Null before the first one. */
  serverTime(): number | null {
    const exact = this.#exact;
    return exact && exact.time - exact.ahead_ms + this.#monotonicTime() - exact.monotonic_time;
  }

  problem(): string | null {
    const compared = this.#compared;
    if (!compared) return null;
    const step_ms = this.#clock.now() - compared.time - (this.#monotonicTime() - compared.monotonic_time);
    const ahead_ms = compared.ahead_ms + step_ms;
    if (!isWrong(ahead_ms, compared.error_ms)) return null;
    if (!isWrong(compared.ahead_ms, compared.error_ms)) this.doubted();
    return problemOf(ahead_ms);
  }
}

/** A busy process makes the round trip of a comparison longer, and the comparison less exact. */
function moreExact(before: Compared | null, now: Compared | null): Compared | null {
  if (!before || !now) return now;
  const drift_ms = DRIFT * (now.monotonic_time - before.monotonic_time);
  return now.error_ms <= before.error_ms + drift_ms ? now : before;
}

function isWrong(ahead_ms: number, error_ms: number): boolean {
  return Math.abs(ahead_ms) - error_ms > CLOCK_DIFFERENCE_MS_MAX;
}

function problemOf(ahead_ms: number): string {
  const seconds = Math.round(Math.abs(ahead_ms) / 1_000);
  const [side, max_s] = [ahead_ms > 0 ? 'ahead of' : 'behind', CLOCK_DIFFERENCE_MS_MAX / 1_000];
  const what = `The clock of this node is ${seconds} s ${side} the clock of the store's server; ${max_s} s are allowed.`;
  return `${what} Set the clock that is wrong, and restart the node if it was ahead.`;
}
