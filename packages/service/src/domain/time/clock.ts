import { SessionsError } from '../errors.ts';

/** The only source of time. */
export interface Clock {
  /** Milliseconds since 1970. Never less than at an earlier call. */
  now(): number;
  /** Why nothing may be ended by this clock; null while it may. A clock without it is not checked. */
  problem?(): string | null;
}

/** Throws `STORE_UNAVAILABLE` while a clock is known to be wrong: what it ends would stay ended. */
export function assertMayEnd(clock: Clock): void {
  const problem = clock.problem?.() ?? null;
  if (problem !== null) throw new SessionsError('STORE_UNAVAILABLE', problem, { details: WRONG_CLOCK });
}

const WRONG_CLOCK = { reason: 'wrong_clock' };

/** Whether an error says that nothing may be ended by this node's clock, rather than that the store failed. */
export function isOfWrongClock({ details }: SessionsError): boolean {
  return details === WRONG_CLOCK;
}

/**
 * The machine's clock, held where it is while the machine's clock steps back: a session that has been seen ended
 * must not be seen live again.
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

/** For a store without a clock: a change is judged by the moment at which its request began. */
export const NO_CLOCK: Clock = Object.freeze({ now: () => Number.NEGATIVE_INFINITY });

/** A clock that stands still until it is told to move. */
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

/** Milliseconds since 1970, as the machine says it now; may step back. */
export function wallTime(): number {
  return Date.now();
}

/**
 * Milliseconds since some moment, which never step back: for how long something has taken, not for sessions. It stands
 * still while the machine is suspended, so nothing is trusted by it alone: `elapsed-time.ts`.
 */
export function monotonicTime(): number {
  return performance.now();
}
