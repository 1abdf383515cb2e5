import type { Shard } from '../data/keys.ts';
import type { Server } from './server.ts';

/**
 * Finds the server of each shard: in a single server, in a cluster, or behind sentinels. It uses masters only. An
 * implementation is created with `left`, which it calls whenever it stops using a server. That server may have been a
 * replica already, with old data.
 */
export interface Topology {
  /** Resolves when every shard has a connected server; retries until it is closed. */
  open(): Promise<void>;
  /** Null while no server is known. */
  of(shard: Shard): Server | null;
  /** All servers, each once. */
  all(): readonly Server[];
  /**
   * A server has reported that another (`host:port`) has the shard now. Rejects with `NotSent` if that one is not
   * connected in time.
   */
  moved(shard: Shard, address: string, from: Server): Promise<Server>;
  /** The server at an address, for a key that is being moved. */
  at(address: string, from: Server): Promise<Server>;
  /** A server may no longer have its shards: finds the servers again. */
  refresh(): void;
  /** Why no server can be used, if one has given a reason. */
  problem(): string | null;
  close(): void;
}
