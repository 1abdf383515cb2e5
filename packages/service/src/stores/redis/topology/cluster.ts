import type { Address, RedisStoreConfig } from '../config.ts';
import type { Shard } from '../data/keys.ts';
import { addressFrom } from './addresses.ts';
import { textOf } from './connection.ts';
import { NotSent, toFault } from './fault.ts';
import { Server } from './server.ts';
import type { Topology } from './topology.ts';
import { withTimeout } from './with-timeout.ts';

/** How often the cluster's slots are read while some shards have no server. A failover takes at least a second. */
const LOOK_MS = 200;
/** How long a node may take to report the slots. */
const LOOK_TIMEOUT_MS = 1_000;

/** First and last slot; host, port and id of the master; then those of the replicas. */
type SlotRange = readonly [number, number, ...(readonly (readonly [string | null, number, ...unknown[]])[])];

/**
 * The masters of a cluster. The slots are read at the start, when a connection is lost, and when a server redirects a
 * command. They are read again until every shard has a connected server.
 */
export class Cluster implements Topology {
  readonly #config: RedisStoreConfig;
  readonly #shards: readonly Shard[];
  readonly #left: () => void;
  readonly #slots = new Map<Shard, number>();
  readonly #owners = new Map<Shard, Server>();
  readonly #servers = new Map<string, Server>();
  /** All nodes that were ever reported, including replicas: they can be queried when the masters are gone. */
  #known: readonly Address[];
  readonly #opened = Promise.withResolvers<void>();
  #looking: Promise<void> | null = null;
  #next: NodeJS.Timeout | null = null;
  #turn = 0;
  #problem: string | null = null;
  #isClosed = false;

  constructor(config: RedisStoreConfig, shards: readonly Shard[], left: () => void) {
    this.#left = left;
    this.#config = config;
    this.#shards = shards;
    this.#known = config.addresses;
  }

  open(): Promise<void> {
    this.refresh();
    return this.#opened.promise;
  }

  of(shard: Shard): Server | null {
    return this.#owners.get(shard) ?? null;
  }

  all(): readonly Server[] {
    return [...new Set(this.#owners.values())];
  }

  async moved(shard: Shard, address: string, from: Server): Promise<Server> {
    const server = await this.at(address, from);
    this.#owners.set(shard, server);
    this.refresh();
    return server;
  }

  async at(address: string, from: Server): Promise<Server> {
    const server = this.#serverAt(addressFrom(address, from.at));
    await inTime(server.up());
    return server;
  }

  refresh(): void {
    if (this.#isClosed || this.#looking) return;
    if (this.#next) clearTimeout(this.#next);
    this.#next = null;
    this.#looking = this.#look().finally(() => {
      this.#looking = null;
      if (this.#isClosed) return;
      this.#next = setTimeout(() => this.refresh(), LOOK_MS);
      this.#settle();
    });
  }

  problem(): string | null {
    return this.#problem;
  }

  close(): void {
    this.#isClosed = true;
    if (this.#next) clearTimeout(this.#next);
    for (const server of this.#servers.values()) server.close();
    this.#servers.clear();
    this.#owners.clear();
  }

  /** Stops reading the slots when every shard has a connected server. */
  #settle(): void {
    if (this.#looking || !this.#shards.every((shard) => this.#owners.get(shard)?.isUp)) return;
    if (this.#next) clearTimeout(this.#next);
    this.#next = null;
    this.#opened.resolve();
  }

  /** Queries one node after the other, beginning with another each time: a node that was cut off has an old view. */
  async #look(): Promise<void> {
    this.#turn += 1;
    const first = this.#turn % this.#known.length;
    const known = [...this.#known.slice(first), ...this.#known.slice(0, first)];
    const isUp = (at: Address) => this.#servers.get(textOf(at))?.isUp === true;
    for (const at of [...known.filter(isUp), ...known.filter((at) => !isUp(at))]) {
      if (this.#isClosed || (await this.#ask(at))) return;
    }
  }

  async #ask(at: Address): Promise<boolean> {
    // Does not wait for a server that is down. A node without a connection gets a temporary one.
    const server = this.#servers.get(textOf(at));
    if (server && !server.isUp) return false;
    const asked = server ?? new Server(at, { ...this.#config, replicas: 0 }, SILENT, { isOfAnyRole: true });
    let refusal: string | null = null;
    try {
      await inTime(asked.up());
      if (this.#slots.size === 0) await this.#learnSlots(asked);
      const ranges = await inTime(asked.send<readonly SlotRange[]>(['CLUSTER', 'SLOTS']));
      if (ranges.length === 0 || this.#isClosed) return false;
      this.#take(ranges, at);
      return true;
    } catch (error) {
      const fault = toFault(error);
      if (fault.type === 'refused') refusal = fault.reason;
      return false;
    } finally {
      this.#problem = refusal ?? asked.problem;
      if (asked !== server) asked.close();
    }
  }

  async #learnSlots(server: Server): Promise<void> {
    const slots = await inTime(
      Promise.all(this.#shards.map((shard) => server.send<number>(['CLUSTER', 'KEYSLOT', shard]))),
    );
    this.#shards.forEach((shard, index) => void this.#slots.set(shard, slots[index] ?? 0));
  }

  #take(ranges: readonly SlotRange[], asked: Address): void {
    const known = new Map<string, Address>();
    for (const at of this.#config.addresses) known.set(textOf(at), at);
    for (const [, , ...nodes] of ranges) {
      for (const [host, port] of nodes) {
        const at = addressFrom(`${host ?? ''}:${port}`, asked);
        known.set(textOf(at), at);
      }
    }
    this.#known = [...known.values()];
    for (const [shard, slot] of this.#slots) {
      const [, , master] = ranges.find(([first, last]) => first <= slot && slot <= last) ?? [];
      if (!master) continue;
      const owner = this.#serverAt(addressFrom(`${master[0] ?? ''}:${master[1]}`, asked));
      // An old view may name a master that is gone. A connected server itself redirects commands if another has the
      // shard.
      if (owner.isUp || !this.#owners.get(shard)?.isUp) this.#owners.set(shard, owner);
    }
    const owners = new Set(this.#owners.values());
    for (const [address, server] of this.#servers) {
      if (owners.has(server)) continue;
      this.#servers.delete(address);
      server.close();
    }
  }

  #serverAt(at: Address): Server {
    const address = textOf(at);
    let server = this.#servers.get(address);
    if (!server) {
      const down = () => {
        this.#left();
        this.refresh();
      };
      server = new Server(at, this.#config, { up: () => this.#settle(), down });
      this.#servers.set(address, server);
    }
    return server;
  }
}

const SILENT = { up: () => {}, down: () => {} };

function inTime<T>(response: Promise<T>): Promise<T> {
  return withTimeout(response, LOOK_TIMEOUT_MS, () => new NotSent('a node of the cluster did not respond in time'));
}
