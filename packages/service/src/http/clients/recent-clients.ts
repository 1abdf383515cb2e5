import { clientName } from './client-name.ts';

const CLIENTS_MAX = 10_000;

/**
 * A map from clients to values with at most `CLIENTS_MAX` entries. The entry that was set the longest ago is evicted
 * first.
 */
export class RecentClients<T> {
  readonly #clients = new Map<string, T>();

  get(address: string): T | undefined {
    return this.#clients.get(clientName(address));
  }

  /** Sets the value of a client. Returns the value of a client that was evicted for it. */
  set(address: string, value: T): T | undefined {
    const client = clientName(address);
    this.#clients.delete(client);
    const forgotten = this.#clients.size >= CLIENTS_MAX ? this.#forgetOldest() : undefined;
    this.#clients.set(client, value);
    return forgotten;
  }

  values(): Iterable<T> {
    return this.#clients.values();
  }

  #forgetOldest(): T | undefined {
    const [oldest] = this.#clients;
    if (oldest === undefined) return undefined;
    this.#clients.delete(oldest[0]);
    return oldest[1];
  }
}
