import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { createPrivateFile, makePrivate } from '../shared/private-file.ts';
import type { SqliteStoreConfig } from './config.ts';

/** The lock on this empty file makes a process the only one that serves the file of sessions. */
export function ownerFile(path: string): string {
  return `${path}-owner`;
}

/** SQLite reads what these hold. It makes new ones with the mode of the file that they belong to. */
const BESIDE = ['-wal', '-shm', '-journal', '-owner-journal'];

/**
 * Creates the files and their folder where they are not there; only the service's own user may read sessions, or hold
 * the lock. Throws `STORE_UNUSABLE` for a file of another user.
 */
export function createFile({ path }: SqliteStoreConfig): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  createPrivateFile(path);
  createPrivateFile(ownerFile(path));
  for (const suffix of BESIDE) makePrivate(path + suffix);
}

/**
 * One connection with the settings that the store's promises rest on: in WAL mode with `synchronous=FULL`, each
 * commit is on disk before it returns, and readers do not wait for the writer
 * (https://www.sqlite.org/wal.html, https://www.sqlite.org/pragma.html#pragma_synchronous). With `secure_delete`, the
 * text of a session that was deleted or has ended is overwritten with zeros.
 *
 * The file is not mapped into memory: where it cannot be read there, because of the disk or because it was cut off, the
 * system ends the process (SIGBUS).
 *
 * A connection that may only read moves nothing from the log into the file, also when it is the last one that is closed.
 */
export function connect(
  { path, lock_timeout_ms, cache_kib }: SqliteStoreConfig,
  access: 'read' | 'write' = 'write',
): DatabaseSync {
  // A file that was deleted is not created anew.
  const url = pathToFileURL(path);
  url.searchParams.set('mode', access === 'read' ? 'ro' : 'rw');
  const db = new DatabaseSync(url, { timeout: lock_timeout_ms });
  try {
    db.exec(`PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA trusted_schema = OFF;
      PRAGMA secure_delete = ON;
      PRAGMA cache_size = -${cache_kib};
      PRAGMA mmap_size = 0;`);
  } catch (error) {
    closeQuietly(db);
    throw error;
  }
  return db;
}

/** A prepared statement that answers rows as arrays: half the time of objects with names. */
export function prepare(db: DatabaseSync, sql: string): RowStatement {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement as unknown as RowStatement;
}

type Value = string | number | null;

/** `StatementSync` with the types that `setReturnArrays` and the schema give it. */
export interface RowStatement {
  get(...values: readonly Value[]): Row | undefined;
  all(...values: readonly Value[]): Row[];
  run(...values: readonly Value[]): unknown;
}

/** A session as the values of its columns: small to send between threads, and ready to bind. */
export type Row = readonly Value[];

/** Closes a connection that may be broken. */
export function closeQuietly(db: DatabaseSync): void {
  try {
    db.close();
  } catch {
    // It was not open.
  }
}
