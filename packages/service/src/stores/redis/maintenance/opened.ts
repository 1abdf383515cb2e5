import type { Keys } from '../data/keys.ts';
import type { ShardRouter } from '../topology/shard-router.ts';

/** A store in Redis, without its feed. */
export interface Opened {
  readonly engine: ShardRouter;
  readonly keys: Keys;
}
