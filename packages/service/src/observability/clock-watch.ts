import type { SessionStore } from '../domain/store.ts';
import type { CheckedClock } from '../domain/time/clock-check.ts';
import type { Logger } from './log.ts';

const INTERVAL_MS = 60_000;

/** Compares the clock of this node with that of its store's server: at the start, every minute, and on request. */
export class ClockWatch {
  readonly #clock: CheckedClock;
  readonly #store: Pick<SessionStore, 'clockDifference'>;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | null = null;
  #comparing: Promise<void> | null = null;
  #isWrong = false;

  constructor(clock: CheckedClock, store: Pick<SessionStore, 'clockDifference'>, log: Logger) {
    this.#clock = clock;
    this.#store = store;
    this.#log = log;
  }

  /** Resolves after the first comparison. A wrong clock does not stop the start. */
  async start(): Promise<void> {
    this.#clock.doubted = () => void this.check();
    this.#timer = setInterval(() => void this.check(), INTERVAL_MS).unref();
    await this.check();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#clock.doubted = () => {};
  }

  /**
   * Compares the clocks now. Returns the problem, or null. While the store does not respond, the last comparison
   * counts.
   */
  async check(): Promise<string | null> {
    this.#comparing ??= this.#compare().finally(() => {
      this.#comparing = null;
    });
    await this.#comparing;
    return this.#clock.problem();
  }

  async #compare(): Promise<void> {
    try {
      this.#clock.compared(await this.#store.clockDifference(this.#clock));
    } catch {
      // The components that use the store report that it does not respond.
      return;
    }
    const problem = this.#clock.problem();
    if (problem !== null && !this.#isWrong) this.#log.error({ event: 'clock_wrong', msg: problem });
    if (problem === null && this.#isWrong) this.#log.info({ msg: "the clock agrees with the store's server again" });
    this.#isWrong = problem !== null;
  }
}
