import { clientName } from './client-name.ts';

const CLIENTS_MAX = 10_000;

/**
 * Something about each of the clients for which it was set last, at most `CLIENTS_MAX`: the one for which it was set
 * longest ago is forgotten first.
 */
export class RecentClients<T> {
  readonly #clients = new Map<string, T>();

  get(address: string): T | undefined {
    return this.#clients.get(clientName(address));
  }

  /** Returns the value of a client that is forgotten for this one. */
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
