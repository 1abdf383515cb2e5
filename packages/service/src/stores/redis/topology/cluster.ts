import type { Address, RedisStoreConfig } from '../config.ts';
import type { Shard } from '../data/keys.ts';
import { addressFrom } from './addresses.ts';
import { textOf } from './connection.ts';
import { NotSent, toFault } from './fault.ts';
import { Server } from './server.ts';
import type { Topology } from './topology.ts';
import { withTimeout } from './with-timeout.ts';

/** Between two looks at who has which slots, while some are not served. A failover takes the cluster a second at least. */
const LOOK_MS = 200;
/** How long a node may take to answer who has which slots. */
const LOOK_TIMEOUT_MS = 1_000;

/** First and last slot, the master's host, port and id, then those of replicas. */
type SlotRange = readonly [number, number, ...(readonly (readonly [string | null, number, ...unknown[]])[])];

/**
 * The masters of a cluster. Who has a shard is asked at the start, when a connection is lost, and when a server says that
 * another has it; it is asked again until every shard has a server that is up.
 */
export class Cluster implements Topology {
  readonly #config: RedisStoreConfig;
  readonly #shards: readonly Shard[];
  readonly #left: () => void;
  readonly #slots = new Map<Shard, number>();
  readonly #owners = new Map<Shard, Server>();
  readonly #servers = new Map<string, Server>();
  /** All nodes that were heard of, replicas too: what can be asked when the masters are gone. */
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
    this.doubt();
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
    this.doubt();
    return server;
  }

  async at(address: string, from: Server): Promise<Server> {
    const server = this.#serverAt(addressFrom(address, from.at));
    await answered(server.up());
    return server;
  }

  doubt(): void {
    if (this.#isClosed || this.#looking) return;
    if (this.#next) clearTimeout(this.#next);
    this.#next = null;
    this.#looking = this.#look().finally(() => {
      this.#looking = null;
      if (this.#isClosed) return;
      this.#next = setTimeout(() => this.doubt(), LOOK_MS);
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

  /** Looks no more when every shard has a server that is up. */
  #settle(): void {
    if (this.#looking || !this.#shards.every((shard) => this.#owners.get(shard)?.isUp)) return;
    if (this.#next) clearTimeout(this.#next);
    this.#next = null;
    this.#opened.resolve();
  }

  /** Asks one node after the other, another first each time: one that was cut off has an old view. */
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
    // One that is down is not waited for, unless there is none to ask at all.
    const server = this.#servers.get(textOf(at));
    if (server && !server.isUp) return false;
    const asked = server ?? new Server(at, { ...this.#config, replicas: 0 }, SILENT, { isOfAnyRole: true });
    let refusal: string | null = null;
    try {
      await answered(asked.up());
      if (this.#slots.size === 0) await this.#learnSlots(asked);
      const ranges = await answered(asked.send<readonly SlotRange[]>(['CLUSTER', 'SLOTS']));
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
    const slots = await answered(
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
      // An old view names a master that is gone; and one that serves says itself when another has the shard.
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
        this.doubt();
      };
      server = new Server(at, this.#config, { up: () => this.#settle(), down });
      this.#servers.set(address, server);
    }
    return server;
  }
}

const SILENT = { up: () => {}, down: () => {} };

function answered<T>(answer: Promise<T>): Promise<T> {
  return withTimeout(answer, LOOK_TIMEOUT_MS, () => new NotSent('a node of the cluster does not answer'));
}
