import { warnOnce } from '../shared/feed/foreign-messages.ts';
import type { StoreOptions } from '../shared/store-url.ts';
import { redisStoreConfig } from './config.ts';
import { RedisStore } from './store.ts';

/** The store that a `redis:` or `rediss:` URL names. */
export function create(url: string, options: StoreOptions): RedisStore {
  return new RedisStore(redisStoreConfig(url, options), options.clock, warnOnce(options));
}
