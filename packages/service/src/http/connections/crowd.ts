import type { Connection } from './connection.ts';

/** A client that has just connected gets this long to send a request, even when there is no room. */
const NEW_MS = 1_000;
/** A request that is under way gets this long, even when there is no room. */
const BUSY_MS = 5_000;
/** How long a crowd in which nobody was idle is not searched again: a search looks at every member. */
const SEARCH_INTERVAL_MS = 100;
/** The part of a crowd that gives way at once, so that a flood does not search it for each connection. */
const EVICTED_PART = 0.01;

/** Connections with a common bound: all of them, or those of one client. */
export class Crowd {
  readonly members = new Set<Connection>();
  readonly #max: number;
  #searched_at = Number.NEGATIVE_INFINITY;

  constructor(max: number) {
    this.#max = max;
  }

  /** Whether there is room for one more; the connections that have been idle for longest give way for it. */
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
