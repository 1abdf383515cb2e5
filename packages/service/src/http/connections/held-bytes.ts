import type { Connection } from './connection.ts';

/** A connection may keep bytes in memory for this long before it can be destroyed for another one. */
const HELD_MS_MIN = 1_000;

/**
 * Limits the bytes that wait in memory for slow clients: unfinished bodies, waiting requests, unread responses. A fast
 * client keeps bytes in memory only briefly. At the limit of a client, or of all clients, the connection that has kept
 * bytes for the longest time is destroyed. If none has kept them for long, the new bytes are rejected.
 */
export class HeldBytes {
  readonly #max: number;
  readonly #max_of_client: number;
  readonly #ofClients = new Map<string, number>();
  /** The time since which each connection has kept bytes in memory, the earliest first. */
  readonly #holders = new Map<Connection, number>();
  #total = 0;

  constructor(max: number, max_of_client: number) {
    this.#max = max;
    this.#max_of_client = max_of_client;
  }

  /** Adds bytes of a connection. Returns false if there is no memory left. */
  add(connection: Connection, bytes: number, now: number): boolean {
    if (connection.isEnded) return false;
    const { client } = connection;
    while (this.#ofClient(client) + bytes > this.#max_of_client) if (!this.#cutLongest(client, now)) return false;
    while (this.#total + bytes > this.#max) if (!this.#cutLongest(null, now)) return false;
    if (!this.#holders.has(connection)) this.#holders.set(connection, now);
    this.#change(connection, bytes);
    return true;
  }

  /** Removes bytes, at most those that the connection still has: it may have been destroyed meanwhile. */
  remove(connection: Connection, bytes: number): void {
    this.#change(connection, -Math.min(bytes, connection.held_bytes));
    if (connection.held_bytes === 0) this.#holders.delete(connection);
  }

  #cutLongest(client: string | null, now: number): boolean {
    for (const [connection, since] of this.#holders) {
      if (now - since < HELD_MS_MIN) return false;
      if (client !== null && connection.client !== client) continue;
      connection.cut('bytes_in_memory');
      return true;
    }
    return false;
  }

  #ofClient(client: string): number {
    return this.#ofClients.get(client) ?? 0;
  }

  #change(connection: Connection, bytes: number): void {
    const { client } = connection;
    const ofClient = this.#ofClient(client) + bytes;
    if (ofClient === 0) this.#ofClients.delete(client);
    else this.#ofClients.set(client, ofClient);
    connection.held_bytes += bytes;
    this.#total += bytes;
  }
}
