import { isIPv6 } from 'node:net';

const CLIENTS_MAX = 10_000;
/** An IPv4 address as a socket that listens on IPv6 too gives it. */
const IPV4_MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const IPV6_GROUPS = 8;
const NETWORK_GROUPS = 4;

/**
 * Something about each of the clients for which it was set last, at most `CLIENTS_MAX`: the one for which it was set
 * longest ago is forgotten first. The addresses of an IPv6 network of 64 bits are one client, since that is the least
 * that anybody gets.
 */
export class RecentClients<T> {
  readonly #clients = new Map<string, T>();

  get(address: string): T | undefined {
    return this.#clients.get(clientOf(address));
  }

  set(address: string, value: T): void {
    const client = clientOf(address);
    this.#clients.delete(client);
    if (this.#clients.size >= CLIENTS_MAX) {
      const { value: oldest } = this.#clients.keys().next();
      if (oldest !== undefined) this.#clients.delete(oldest);
    }
    this.#clients.set(client, value);
  }
}

function clientOf(address: string): string {
  const mapped = IPV4_MAPPED.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return isIPv6(address) ? networkOf(address) : address;
}

/** The first half of an IPv6 address, written out. */
function networkOf(address: string): string {
  const [before = '', after] = address.split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after ? after.split(':') : [];
  const zeros = Array.from({ length: Math.max(0, IPV6_GROUPS - head.length - tail.length) }, () => '0');
  const groups = after === undefined ? head : [...head, ...zeros, ...tail];
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
