import type { StoreOptions } from '../shared/store-url.ts';
import { memoryStoreConfig } from './config.ts';
import { MemoryStore } from './store.ts';

/** The store that a `memory:` URL names. */
export function create(url: string, _options: StoreOptions): MemoryStore {
  return new MemoryStore(memoryStoreConfig(url));
}
