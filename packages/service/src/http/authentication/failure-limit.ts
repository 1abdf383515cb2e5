import { RecentClients } from '../clients/recent-clients.ts';

/** The number of failures that a client may cause at once. */
const FAILURES_MAX = 10;
/** The time after which one failure is no longer counted. */
const REFILL_INTERVAL_MS = 6_000;

/**
 * Slows down clients that guess keys or flood the log: a leaky bucket of failures for each address.
 *
 * It counts failures only. A valid key is accepted from every address, whatever failures came from there. Otherwise one
 * bad client behind a NAT or proxy could lock out all others. Limiting valid keys would not help: 256 random bits
 * cannot be guessed.
 */
export class FailureLimit {
  /** The time at which a client has all its failures available again. The current level follows from it. */
  readonly #fullAgainAt = new RecentClients<number>();

  /** Counts a failure. Returns null below the limit, else the seconds until the next failure is below the limit. */
  count(address: string, now: number): number | null {
    const fullAgainAt = Math.max(this.#fullAgainAt.get(address) ?? 0, now);
    const wait_ms = fullAgainAt - now - (FAILURES_MAX - 1) * REFILL_INTERVAL_MS;
    if (wait_ms > 0) return Math.ceil(wait_ms / 1000);
    this.#fullAgainAt.set(address, fullAgainAt + REFILL_INTERVAL_MS);
    return null;
  }
}
