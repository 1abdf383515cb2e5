import { cannotWrite } from '../../shared/unavailable.ts';
import type { Address, RedisStoreConfig } from '../config.ts';
import type { Keys, Shard } from '../data/keys.ts';
import type { Script } from '../data/scripts/script.ts';
import { Cluster } from './cluster.ts';
import { type Fault, NotSent, toFault, toUnavailable } from './fault.ts';
import { Sentinel } from './sentinel.ts';
import type { Server } from './server.ts';
import { Single } from './single.ts';
import type { Topology } from './topology.ts';

/** How often a command follows redirections to other servers. */
const MOVES_MAX = 5;
/** Errors of a server that is not the master of the shard now; another may be. */
const DEPOSED = /READONLY|CLUSTERDOWN|MASTERDOWN|LOADING/;

type Attempt<T> = (server: Server, asking: boolean) => Promise<T>;

/** A write whose outcome is unknown. */
export class OutcomeUnknown extends Error {}

/** Sends commands to the server that has a shard. Rejects with `STORE_UNAVAILABLE`. */
export class ShardRouter {
  readonly #servers: Topology;

  /** `left` is called whenever a server is no longer used: see `Topology`. */
  constructor(config: RedisStoreConfig, keys: Keys, left: () => void) {
    this.#servers = serversOf(config, keys, left);
  }

  /** Resolves when every shard can be used. */
  open(): Promise<void> {
    return this.#servers.open();
  }

  close(): void {
    this.#servers.close();
  }

  /** Why the servers cannot be used, if one has given a reason. */
  get problem(): string | null {
    return this.#servers.problem();
  }

  /** The addresses of the masters. */
  addresses(): readonly Address[] {
    return this.#servers.all().map(({ at }) => at);
  }

  /** Resolves if every server in use is a primary. Then all earlier responses came from primaries. */
  async checkRoles(): Promise<void> {
    await Promise.all(this.#servers.all().map((server) => server.checkRole())).catch(thrown);
  }

  /** Sends a command to every master. */
  sendToAll<T>(args: readonly string[]): Promise<T[]> {
    return Promise.all(this.#servers.all().map((server) => server.send<T>(args).catch(thrown)));
  }

  send<T>(shard: Shard, args: readonly string[]): Promise<T> {
    return this.#at(shard, (server, asking) => server.send<T>(args, asking)).catch(thrown);
  }

  /** Sends a write that changes nothing. Rejects with the reason why the server takes no writes. */
  prove(shard: Shard, args: readonly string[]): Promise<unknown> {
    return this.#at(shard, (server, asking) => server.sendWrite(args, asking)).catch((error) => {
      const fault = toFault(error);
      throw fault.type === 'refused' ? cannotWrite(fault.reason) : toUnavailable(fault);
    });
  }

  /** Runs a script that changes nothing, or whose change may be lost without harm. */
  run<T>(shard: Shard, script: Script, keys: readonly string[], values: readonly string[]): Promise<T> {
    return this.#at(shard, (server, asking) => server.run<T>(script, keys, values, asking)).catch(thrown);
  }

  /**
   * Runs a script that changes sessions. If the script may have run despite an error, rejects with `OutcomeUnknown`,
   * whose `cause` is that error.
   */
  write<T>(shard: Shard, script: Script, keys: readonly string[], values: readonly string[]): Promise<T> {
    return this.#at(shard, (server, asking) => server.write<T>(script, keys, values, asking)).catch((error) => {
      const fault = toFault(error);
      if (fault.type !== 'lost') throw toUnavailable(fault);
      throw new OutcomeUnknown('', { cause: toUnavailable(fault) });
    });
  }

  #at<T>(shard: Shard, attempt: Attempt<T>): Promise<T> {
    const server = this.#servers.of(shard);
    if (!server) return Promise.reject(new NotSent('it has no known master'));
    return attempt(server, false).catch((error) => this.#follow(shard, attempt, server, error));
  }

  /** A redirected command has changed nothing, so it can be sent again. */
  async #follow<T>(shard: Shard, attempt: Attempt<T>, first: Server, first_error: unknown): Promise<T> {
    let server = first;
    let error = first_error;
    for (let moves = 0; moves < MOVES_MAX; moves += 1) {
      const fault = toFault(error);
      this.#refreshAfter(fault, server);
      if (fault.type !== 'moved' && fault.type !== 'ask') throw error;
      const asking = fault.type === 'ask';
      server = asking
        ? await this.#servers.at(fault.address, server)
        : await this.#servers.moved(shard, fault.address, server);
      try {
        return await attempt(server, asking);
      } catch (next) {
        error = next;
      }
    }
    throw error;
  }

  #refreshAfter(fault: Fault, server: Server): void {
    if (fault.type !== 'refused' || !DEPOSED.test(fault.reason)) return;
    server.checkRole().catch(() => {});
    this.#servers.refresh();
  }
}

function thrown(error: unknown): never {
  throw toUnavailable(toFault(error));
}

function serversOf(config: RedisStoreConfig, keys: Keys, left: () => void): Topology {
  const { topology, addresses } = config;
  switch (topology.type) {
    case 'single':
      return new Single(addresses[0] ?? { host: 'localhost', port: 6379 }, config, left);
    case 'cluster':
      return new Cluster(config, keys.shards, left);
    case 'sentinel':
      return new Sentinel(topology.name, config, left);
  }
}
