import { randomText } from './domain/ids.ts';
import type { Sessions } from './domain/sessions.ts';
import type { Logger } from './observability/log.ts';

/**
 * For how long a node that died keeps the others from sweeping. Nodes compare it by clocks of their own, each at most
 * ten seconds from the server's. So two of them can sweep at once for a moment at the worst, which does no harm.
 */
const LEASE_MS = 30_000;
/** A renewal may fail, and the next one still comes in time. */
const RENEWAL_INTERVAL_MS = LEASE_MS / 3;
const HOLDER_BYTES = 16;

/** Resolves with why the clock of this node is not to be trusted, or null. */
interface Clocks {
  check(): Promise<string | null>;
}

/** For a store of this process alone. */
const UNCHECKED: Clocks = Object.freeze({ check: async () => null });

/**
 * Closes expired sessions, and deletes those that ended long ago, at a fixed rate and one pass at a time, on one of all
 * nodes that have the store: the one that holds its lease. Nothing depends on it but the store's size: an expired
 * session reads as closed with or without a sweep.
 */
export class Sweeper {
  readonly #clocks: Clocks;
  readonly #sessions: Sessions;
  readonly #interval_ms: number;
  readonly #log: Logger;
  readonly #holder = randomText(HOLDER_BYTES);
  #timers: readonly NodeJS.Timeout[] = [];
  /** Whether this node had the lease when it last asked; null before that. */
  #leads: boolean | null = null;
  /** Stays set while there is something left to do, so that the next renewal goes on with it. */
  #isDue = false;
  #turn: Promise<void> | null = null;

  /** An interval of 0 or less turns it off. */
  constructor(sessions: Sessions, interval_ms: number, log: Logger, clocks: Clocks = UNCHECKED) {
    this.#clocks = clocks;
    this.#sessions = sessions;
    this.#interval_ms = interval_ms;
    this.#log = log;
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

  /** Ends the pass that runs after its step, and gives the lease back, so that another node can go on at once. */
  async stop(): Promise<void> {
    if (!this.#isStarted()) return;
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    await this.#turn;
    // Without an answer the lease ends by itself.
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
      const { time: _, ...swept } = await this.#sessions.sweep(() => this.#lead());
      this.#isDue = swept.more;
      this.#log.info({ ...swept, msg: 'sweep' });
    } catch (error) {
      this.#log.error({ err: error, msg: 'sweep failed; it is tried again soon' });
    }
  }

  /** Takes or renews the lease. A node that gets it from another one has a sweep to do, which may be long overdue. */
  async #lead(): Promise<boolean> {
    if (!this.#isStarted()) return false;
    const had = this.#leads;
    try {
      this.#leads = await this.#take(had === true);
    } catch (error) {
      this.#leads = false;
      if (had !== false) this.#log.warn({ err: error, msg: 'no sweeps while the store does not answer' });
    }
    if (had === false && this.#leads) {
      this.#isDue = true;
      this.#log.info({ msg: 'this node sweeps from now on' });
    }
    return this.#leads;
  }

  /** With a clock that is wrong, a node takes no lease and gives back the one that it has. */
  async #take(had: boolean): Promise<boolean> {
    if ((await this.#clocks.check()) === null) return this.#sessions.lead(this.#holder, LEASE_MS);
    if (had) await this.#sessions.lead(this.#holder, 0);
    return false;
  }
}
