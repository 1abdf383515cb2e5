import type { StoreOptions } from '../shared/store-url.ts';
import { sqliteStoreConfig } from './config.ts';
import { SqliteStore } from './store.ts';

/** The store that a `sqlite:` URL names. */
export function create(url: string, { clock, report }: StoreOptions): SqliteStore {
  return new SqliteStore(sqliteStoreConfig(url), clock, report);
}
