import { existsSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { invalidConfig } from '../config/values.ts';
import type { SessionStore } from '../domain/store.ts';
import { createStore } from '../stores/create-store.ts';
import { sqliteStoreConfig } from '../stores/sqlite/config.ts';

/** Opens a store, runs `work` and closes the store. Rejects with `INVALID_CONFIG` for a memory store. */
export async function withStore<T>(config: Config, work: (store: SessionStore) => Promise<T>): Promise<T> {
  assertNotMemory(config);
  const { store: url, retention } = config;
  const store = await createStore(url, { retention_ms: retention === 0 ? null : retention * 1000 });
  await store.open();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Throws `INVALID_CONFIG` for a memory store. */
export function assertNotMemory({ store }: Config): void {
  if (!store.startsWith('memory:')) return;
  throw invalidConfig('A memory: store ends with its process. Choose another store with --store <url>.', 'store');
}

/**
 * Throws `INVALID_CONFIG` if the SQLite file does not exist. Opening would create it, so that the export of a misspelt
 * file would seem to be complete. `work` is a verb for the message.
 */
export function assertExists({ store }: Config, work = 'export'): void {
  if (!store.startsWith('sqlite:')) return;
  const { path } = sqliteStoreConfig(store);
  if (!existsSync(path))
    throw invalidConfig(`The file ${path} does not exist, so there is nothing to ${work}.`, 'store');
}
