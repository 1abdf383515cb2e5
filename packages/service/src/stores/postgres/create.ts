import { warnOnce } from '../shared/feed/foreign-messages.ts';
import type { StoreOptions } from '../shared/store-url.ts';
import { postgresStoreConfig } from './config.ts';
import { PostgresStore } from './store.ts';

/** The store that a `postgres:` or `postgresql:` URL names. */
export function create(url: string, options: StoreOptions): PostgresStore {
  return new PostgresStore(postgresStoreConfig(url), options.clock, warnOnce(options), options.report);
}
