import { existsSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { invalidConfig } from '../config/values.ts';
import type { SessionStore } from '../domain/store.ts';
import { createStore } from '../stores/create-store.ts';
import { sqliteStoreConfig } from '../stores/sqlite/config.ts';

/** Opens a store for the time of `work`. Rejects with `INVALID_CONFIG` for one that does not outlast it. */
export async function withStore<T>(
  { store: url, retention }: Config,
  work: (store: SessionStore) => Promise<T>,
): Promise<T> {
  if (url.startsWith('memory:')) {
    throw invalidConfig('A memory: store ends with its process: name another one with --store <url>.', 'store');
  }
  const store = await createStore(url, { retention_ms: retention === 0 ? null : retention * 1000 });
  await store.open();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Opening a SQLite file that is not there would create it, and the export of a misspelt one would seem to be whole. */
export function assertExists({ store }: Config): void {
  if (!store.startsWith('sqlite:')) return;
  const { path } = sqliteStoreConfig(store);
  if (!existsSync(path)) throw invalidConfig(`There is no file ${path}, so there is nothing to export.`, 'store');
}
