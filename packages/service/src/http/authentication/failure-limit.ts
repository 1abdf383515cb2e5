import { RecentClients } from '../clients/recent-clients.ts';

/** Failures that a client may have at once. */
const FAILURES_MAX = 10;
/** How long it takes until one of them is forgotten. */
const REFILL_INTERVAL_MS = 6_000;

/**
 * Slows down who guesses keys, and whoever floods the log with wrong ones: a bucket of failures for each address.
 *
 * It counts failures only, and is asked about failures only: a valid key passes from every address, whatever came from
 * there before. Otherwise one bad neighbour behind the same NAT or proxy could lock all others out; and guessing 256
 * random bits gains nothing from it.
 */
export class FailureLimit {
  /** The time at which the bucket of a client is full again: its level follows from this number alone. */
  readonly #fullAgainAt = new RecentClients<number>();

  /** Counts a failure. Null while there are few; else the seconds until the next one would be few again. */
  count(address: string, now: number): number | null {
    const fullAgainAt = Math.max(this.#fullAgainAt.get(address) ?? 0, now);
    const wait_ms = fullAgainAt - now - (FAILURES_MAX - 1) * REFILL_INTERVAL_MS;
    if (wait_ms > 0) return Math.ceil(wait_ms / 1000);
    this.#fullAgainAt.set(address, fullAgainAt + REFILL_INTERVAL_MS);
    return null;
  }
}
