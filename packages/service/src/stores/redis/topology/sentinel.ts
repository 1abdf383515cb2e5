import type { Address, RedisStoreConfig } from '../config.ts';
import { textOf } from './connection.ts';
import { NotSent, toFault } from './fault.ts';
import { Server } from './server.ts';
import type { Topology } from './topology.ts';

/** How often the sentinels are queried: while the master is down, and while it is up. */
const LOOK_MS = 200;
const LOOK_AGAIN_MS = 1_000;

/**
 * The one server that sentinels name as the master. They are queried regularly, and at once when its connection is down
 * or it reports that it is a replica (https://redis.io/docs/latest/develop/reference/sentinel-clients/). A master that
 * was cut off from the sentinels does not know that it has been replaced.
 */
export class Sentinel implements Topology {
  readonly #config: RedisStoreConfig;
  readonly #name: string;
  readonly #sentinels: readonly Server[];
  readonly #left: () => void;
  readonly #opened = Promise.withResolvers<void>();
  #master: Server | null = null;
  /** The server that the sentinels name, until it has confirmed that it is a primary. */
  #next: Server | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isLooking = false;
  /** Why a sentinel does not name the master. */
  #refusal: string | null = null;
  #isClosed = false;

  constructor(name: string, config: RedisStoreConfig, left: () => void) {
    this.#left = left;
    this.#name = name;
    this.#config = config;
    // Sentinels have their own users, and no databases.
    const { username: _, password: __, ...open } = config;
    const own = { ...open, username: undefined, password: undefined, database: 0, replicas: 0 };
    const again = { up: () => this.refresh(), down: () => {} };
    this.#sentinels = config.addresses.map((at) => new Server(at, own, again, { isOfAnyRole: true }));
  }

  open(): Promise<void> {
    this.refresh();
    return this.#opened.promise;
  }

  of(): Server | null {
    return this.#master;
  }

  all(): readonly Server[] {
    return this.#master ? [this.#master] : [];
  }

  async moved(): Promise<Server> {
    return this.#current();
  }

  async at(): Promise<Server> {
    return this.#current();
  }

  refresh(): void {
    if (this.#isClosed || this.#isLooking) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#isLooking = true;
    void this.#look().finally(() => {
      this.#isLooking = false;
      if (this.#isClosed) return;
      this.#timer = setTimeout(() => this.refresh(), this.#master?.isUp ? LOOK_AGAIN_MS : LOOK_MS);
    });
  }

  problem(): string | null {
    const servers = [this.#master, this.#next, ...this.#sentinels];
    return this.#refusal ?? servers.find((server) => server && server.problem !== null)?.problem ?? null;
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#next?.close();
    for (const sentinel of this.#sentinels) sentinel.close();
    this.#master?.close();
  }

  /** Queries all sentinels and follows the majority: a sentinel that was cut off has an old view. */
  async #look(): Promise<void> {
    const asked = this.#sentinels.filter(({ isUp }) => isUp).map((sentinel) => this.#ask(sentinel));
    const votes = new Map<string, { readonly at: Address; count: number }>();
    for (const at of await Promise.all(asked)) {
      if (!at) continue;
      const vote = votes.get(textOf(at)) ?? { at, count: 0 };
      vote.count += 1;
      votes.set(textOf(at), vote);
    }
    const [most] = [...votes.values()].sort((a, b) => b.count - a.count);
    if (!most) return;
    this.#refusal = null;
    const current = votes.get(this.#master?.address ?? '');
    this.#follow(current?.count === most.count ? current.at : most.at);
  }

  async #ask(sentinel: Server): Promise<Address | null> {
    try {
      const named = await sentinel.send<readonly [string, string] | null>([
        'SENTINEL',
        'GET-MASTER-ADDR-BY-NAME',
        this.#name,
      ]);
      return named && { host: named[0], port: Number(named[1]) };
    } catch (error) {
      const fault = toFault(error);
      if (fault.type === 'refused') this.#refusal = fault.reason;
      return null;
    }
  }

  /** Switches to the named server once it has confirmed that it is a primary. */
  #follow(at: Address): void {
    if (this.#isClosed || this.#next?.address === textOf(at)) return;
    this.#next?.close();
    this.#next = null;
    if (this.#master?.address === textOf(at)) return;
    const server: Server = new Server(at, this.#config, {
      up: () => this.#take(server),
      down: () => this.#lost(server),
    });
    this.#next = server;
  }

  #take(server: Server): void {
    if (this.#next === server) {
      const before = this.#master;
      this.#master = server;
      this.#next = null;
      before?.close();
      if (before) this.#left();
    }
    this.#opened.resolve();
  }

  #lost(server: Server): void {
    if (this.#master !== server) return;
    this.#left();
    this.refresh();
  }

  #current(): Server {
    if (!this.#master) throw new NotSent('the sentinels have named no master yet');
    return this.#master;
  }
}
