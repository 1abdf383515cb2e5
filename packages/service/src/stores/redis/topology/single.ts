import type { Address, RedisStoreConfig } from '../config.ts';
import { Server } from './server.ts';
import type { Topology } from './topology.ts';

/** One server that has all shards. */
export class Single implements Topology {
  readonly #server: Server;

  constructor(at: Address, config: RedisStoreConfig, left: () => void) {
    this.#server = new Server(at, config, { up: () => {}, down: left });
  }

  open(): Promise<void> {
    return this.#server.up();
  }

  of(): Server {
    return this.#server;
  }

  all(): readonly Server[] {
    return [this.#server];
  }

  async moved(): Promise<Server> {
    return this.#server;
  }

  async at(): Promise<Server> {
    return this.#server;
  }

  refresh(): void {}

  problem(): string | null {
    return this.#server.problem;
  }

  close(): void {
    this.#server.close();
  }
}
