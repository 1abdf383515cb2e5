import { SessionsError } from '../errors.ts';

/** The only source of time in the domain. */
export interface Clock {
  /** Milliseconds since 1970. Never less than at an earlier call. */
  now(): number;
  /** Why this clock may not end sessions; null if it may. A clock without this method is not checked. */
  problem?(): string | null;
  /**
   * Milliseconds since 1970 on the clock of the store's server, as far as this node knows it; null if it does not. For
   * measurements only.
   */
  serverTime?(): number | null;
}

/** Throws `STORE_UNAVAILABLE` while a clock is known to be wrong: the end of a session cannot be undone. */
export function assertMayEnd(clock: Clock): void {
  const problem = clock.problem?.() ?? null;
  if (problem !== null) throw new SessionsError('STORE_UNAVAILABLE', problem, { details: WRONG_CLOCK });
}

const WRONG_CLOCK = { reason: 'wrong_clock' };

/** Whether an error was caused by this node's wrong clock, not by the store. */
export function isOfWrongClock({ details }: SessionsError): boolean {
  return details === WRONG_CLOCK;
}

/**
 * The machine's clock. It stands still while the machine's clock steps back: a session that was seen as ended must not
 * be seen as live again.
 */
export function systemClock(read: () => number = wallTime): Clock {
  let latest = 0;
  return {
    now() {
      const time = read();
      if (time > latest) latest = time;
      return latest;
    },
  };
}

/** For a store without a clock: the time of the request decides alone whether a session is live. */
export const NO_CLOCK: Clock = Object.freeze({ now: () => Number.NEGATIVE_INFINITY });

/** A clock for tests. It stands still until `advance` is called. */
export class ManualClock implements Clock {
  #time: number;

  constructor(time = Date.UTC(2026, 0, 1)) {
    this.#time = time;
  }

  now(): number {
    return this.#time;
  }

  /** Moves the clock forward, by milliseconds. */
  advance(ms: number): void {
    this.#time += ms;
  }
}

/** Milliseconds since 1970 by the machine's clock; may step back. */
export function wallTime(): number {
  return Date.now();
}

/**
 * Milliseconds since an arbitrary time; never steps back. Use it to measure durations, not for the times of sessions.
 * It stands still while the machine is suspended. Therefore use `elapsed-time.ts` to decide how long data may be
 * trusted.
 */
export function monotonicTime(): number {
  return performance.now();
}
