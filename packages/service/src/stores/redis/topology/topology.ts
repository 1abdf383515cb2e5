import type { Shard } from '../data/keys.ts';
import type { Server } from './server.ts';

/**
 * Which server has which shard: of one, of a cluster, or of the one that sentinels name. Only masters. Each is created with
 * `left`, which is called whenever a server is used no more: it may have been a replica already, and its answers old.
 */
export interface Topology {
  /** Resolves when every shard has a server that can be asked; until it is closed it goes on trying. */
  open(): Promise<void>;
  /** Null while none is known. */
  of(shard: Shard): Server | null;
  /** Each once. */
  all(): readonly Server[];
  /** A server has said that another (`host:port`) has the shard now. Rejects with `NotSent` when that is not up in time. */
  moved(shard: Shard, address: string, from: Server): Promise<Server>;
  /** The one at an address, where a key may be that is being moved. */
  at(address: string, from: Server): Promise<Server>;
  /** A server that was thought to have shards does not serve them: looks again who does. */
  doubt(): void;
  /** Why none can be asked, if one has said so. */
  problem(): string | null;
  close(): void;
}
