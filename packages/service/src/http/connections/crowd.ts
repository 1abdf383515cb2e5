import type { Connection } from './connection.ts';

/** A new connection may wait this long for its first request before it can be evicted. */
const NEW_MS = 1_000;
/** A connection with a request may take this long before it can be evicted. */
const BUSY_MS = 5_000;
/** After a search without idle connections, the next one starts after this time: a search reads every connection. */
const SEARCH_INTERVAL_MS = 100;
/**
 * The fraction of the connections that is evicted at once, so that a flood does not cause a search for each connection.
 */
const EVICTED_PART = 0.01;

/** Connections with a common limit: all connections, or those of one client. */
export class Crowd {
  readonly members = new Set<Connection>();
  readonly #max: number;
  #searched_at = Number.NEGATIVE_INFINITY;

  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Returns whether another connection is allowed. At the limit, it evicts the connections that have been idle for the
   * longest time.
   */
  hasRoom(now: number): boolean {
    if (this.members.size < this.#max) return true;
    if (now - this.#searched_at < SEARCH_INTERVAL_MS) return false;
    const idle = [...this.members].filter((member) => isIdle(member, now));
    if (idle.length === 0) this.#searched_at = now;
    idle.sort((a, b) => a.active_at - b.active_at);
    const evicted = idle.slice(0, Math.ceil(this.#max * EVICTED_PART));
    for (const connection of evicted) connection.cut('too_many_connections');
    return evicted.length > 0;
  }
}

function isIdle({ requests, isListening, active_at }: Connection, now: number): boolean {
  return !isListening && now - active_at >= (requests === 0 ? NEW_MS : BUSY_MS);
}
