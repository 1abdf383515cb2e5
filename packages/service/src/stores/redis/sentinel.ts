import type { Address, RedisStoreConfig } from './config.ts';
import { textOf } from './connection.ts';
import { NotSent, toFault } from './fault.ts';
import { Server } from './server.ts';
import type { Servers } from './servers.ts';

/** Between two questions to the sentinels while the master does not serve. */
const LOOK_MS = 200;

/**
 * The one server that sentinels name as the master. They are asked while its connection is down, and when it says that
 * it is a replica (https://redis.io/docs/latest/develop/reference/sentinel-clients/).
 */
export class Sentinel implements Servers {
  readonly #config: RedisStoreConfig;
  readonly #name: string;
  readonly #sentinels: readonly Server[];
  readonly #left: () => void;
  readonly #opened = Promise.withResolvers<void>();
  #master: Server | null = null;
  #next: NodeJS.Timeout | null = null;
  #isLooking = false;
  /** Why a sentinel does not say where the master is. */
  #refusal: string | null = null;
  #isClosed = false;

  constructor(name: string, config: RedisStoreConfig, left: () => void) {
    this.#left = left;
    this.#name = name;
    this.#config = config;
    // Sentinels have users of their own, and no databases.
    const { username: _, password: __, ...open } = config;
    const own = { ...open, username: undefined, password: undefined, database: 0, replicas: 0 };
    const again = { up: () => this.doubt(), down: () => {} };
    this.#sentinels = config.addresses.map((at) => new Server(at, own, again, { isOfAnyRole: true }));
  }

  open(): Promise<void> {
    this.doubt();
    return this.#opened.promise;
  }

  of(): Server | null {
    return this.#master;
  }

  all(): readonly Server[] {
    return this.#master ? [this.#master] : [];
  }

  async moved(): Promise<Server> {
    return this.#known();
  }

  async at(): Promise<Server> {
    return this.#known();
  }

  doubt(): void {
    if (this.#isClosed || this.#isLooking) return;
    if (this.#next) clearTimeout(this.#next);
    this.#next = null;
    this.#isLooking = true;
    void this.#look().finally(() => {
      this.#isLooking = false;
      if (this.#isClosed) return;
      if (this.#master?.isUp) this.#opened.resolve();
      else this.#next = setTimeout(() => this.doubt(), LOOK_MS);
    });
  }

  problem(): string | null {
    return (
      this.#refusal ?? this.#master?.problem ?? this.#sentinels.find(({ problem }) => problem !== null)?.problem ?? null
    );
  }

  close(): void {
    this.#isClosed = true;
    if (this.#next) clearTimeout(this.#next);
    for (const sentinel of this.#sentinels) sentinel.close();
    this.#master?.close();
  }

  async #look(): Promise<void> {
    for (const sentinel of this.#sentinels) {
      if (!sentinel.isUp) continue;
      const named = await sentinel
        .send<readonly [string, string] | null>(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', this.#name])
        .catch((error: unknown) => {
          const fault = toFault(error);
          if (fault.type === 'refused') this.#refusal = fault.reason;
          return null;
        });
      if (!named) continue;
      this.#refusal = null;
      this.#take({ host: named[0], port: Number(named[1]) });
      return;
    }
  }

  #take(at: Address): void {
    if (this.#isClosed || this.#master?.address === textOf(at)) return;
    const before = this.#master;
    const down = () => {
      this.#left();
      this.doubt();
    };
    this.#master = new Server(at, this.#config, { up: () => this.doubt(), down });
    before?.close();
    if (before) this.#left();
  }

  #known(): Server {
    if (!this.#master) throw new NotSent('no master is known');
    return this.#master;
  }
}
