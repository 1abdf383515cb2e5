import { randomText } from './domain/ids.ts';
import type { Sessions } from './domain/sessions.ts';
import type { Swept } from './domain/sweeps/sweep.ts';
import type { Logger } from './observability/log.ts';

/**
 * How long the lease of a node that died keeps other nodes from sweeping. Nodes use their own clocks, each at most ten
 * seconds off the server's clock. In the worst case two nodes sweep at once for a moment, which does no harm.
 */
const LEASE_MS = 30_000;
/** A third of the lease: one renewal may fail, and the next one is still in time. */
const RENEWAL_INTERVAL_MS = LEASE_MS / 3;
const HOLDER_BYTES = 16;

/** Checks the clock of this node. Returns why it cannot be trusted, or null. */
interface Clocks {
  check(): Promise<string | null>;
}

/** For a store that only this process uses. */
const UNCHECKED: Clocks = Object.freeze({ check: async () => null });

/**
 * Closes expired sessions, and deletes ended ones after their retention period, at a fixed interval. Only the node with
 * the lease of the store sweeps, one pass at a time. Correctness does not depend on sweeps, only the size of the store
 * does: an expired session is returned as closed with or without a sweep.
 */
export class Sweeper {
  readonly #clocks: Clocks;
  readonly #sessions: Sessions;
  readonly #interval_ms: number;
  readonly #log: Logger;
  readonly #holder = randomText(HOLDER_BYTES);
  #timers: readonly NodeJS.Timeout[] = [];
  /** Whether this node had the lease at its last attempt; null before the first. */
  #leads: boolean | null = null;
  /** Whether a sweep is due. It stays true while sessions are left, so that the next renewal continues. */
  #isDue = false;
  #turn: Promise<void> | null = null;
  #swept: Swept | null = null;

  /** An interval of 0 or less disables sweeps. */
  constructor(sessions: Sessions, interval_ms: number, log: Logger, clocks: Clocks = UNCHECKED) {
    this.#clocks = clocks;
    this.#sessions = sessions;
    this.#interval_ms = interval_ms;
    this.#log = log;
  }

  /** The last sweep of this node; null before the first one. */
  get swept(): Swept | null {
    return this.#swept;
  }

  start(): void {
    if (this.#interval_ms <= 0 || this.#isStarted()) return;
    this.#timers = [
      setInterval(() => this.#takeTurn(), RENEWAL_INTERVAL_MS).unref(),
      setInterval(() => {
        this.#isDue = true;
        this.#takeTurn();
      }, this.#interval_ms).unref(),
    ];
    this.#takeTurn();
  }

  /** Stops the current pass after its current step, and releases the lease so that another node can sweep at once. */
  async stop(): Promise<void> {
    if (!this.#isStarted()) return;
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    await this.#turn;
    // If this fails, the lease ends by itself.
    await this.#sessions.lead(this.#holder, 0).catch(() => {});
  }

  #isStarted(): boolean {
    return this.#timers.length > 0;
  }

  #takeTurn(): void {
    this.#turn ??= this.#sweepIfDue().finally(() => {
      this.#turn = null;
    });
  }

  async #sweepIfDue(): Promise<void> {
    if (!(await this.#lead()) || !this.#isDue) return;
    try {
      this.#swept = await this.#sessions.sweep(() => this.#lead());
      const { time: _, ...swept } = this.#swept;
      this.#isDue = swept.more;
      this.#log.info({ ...swept, msg: 'sweep' });
    } catch (error) {
      this.#log.error({ err: error, msg: 'the sweep failed; it will be tried again' });
    }
  }

  /**
   * Takes or renews the lease. When another node had it before, this node must sweep: its sweep may be long overdue.
   */
  async #lead(): Promise<boolean> {
    if (!this.#isStarted()) return false;
    const had = this.#leads;
    try {
      this.#leads = await this.#take(had === true);
    } catch (error) {
      this.#leads = false;
      if (had !== false) this.#log.warn({ err: error, msg: 'no sweeps while the store does not respond' });
    }
    if (had === false && this.#leads) {
      this.#isDue = true;
      this.#log.info({ msg: 'this node has the lease and sweeps from now on' });
    }
    return this.#leads;
  }

  /** With a wrong clock, a node takes no lease and releases the one that it has. */
  async #take(had: boolean): Promise<boolean> {
    if ((await this.#clocks.check()) === null) return this.#sessions.lead(this.#holder, LEASE_MS);
    if (had) await this.#sessions.lead(this.#holder, 0);
    return false;
  }
}
