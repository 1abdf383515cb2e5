import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { SqliteStoreConfig } from './config.ts';

/** Creates the file and its folder where they are not there; only the service's own user may read sessions. */
export function createFile({ path }: SqliteStoreConfig): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}

/**
 * One connection with the settings that the store's promises rest on: in WAL mode with `synchronous=FULL`, each
 * commit is on disk before it returns, and readers do not wait for the writer
 * (https://www.sqlite.org/wal.html, https://www.sqlite.org/pragma.html#pragma_synchronous).
 */
export function connect(config: SqliteStoreConfig): Database.Database {
  const db = new Database(config.path, { timeout: config.lock_timeout_ms });
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('trusted_schema = OFF');
  db.pragma(`cache_size = -${config.cache_kib}`);
  db.pragma(`mmap_size = ${config.mmap_bytes}`);
  return db;
}
