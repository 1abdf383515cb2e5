import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { createPrivateFile, makePrivate } from '../shared/private-file.ts';
import type { SqliteStoreConfig } from './config.ts';

/** The lock file, which is empty: the process that has locked it is the only one that serves the database file. */
export function ownerFile(path: string): string {
  return `${path}-owner`;
}

/** Files that SQLite reads too. SQLite creates them with the mode of the database file. */
const BESIDE = ['-wal', '-shm', '-journal', '-owner-journal'];

/**
 * Creates the files and their folder if they do not exist. Only the service's own user may read sessions, or hold the
 * lock. Throws `STORE_UNUSABLE` for a file of another user.
 */
export function createFile({ path }: SqliteStoreConfig): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  createPrivateFile(path);
  createPrivateFile(ownerFile(path));
  for (const suffix of BESIDE) makePrivate(path + suffix);
}

/**
 * Opens a connection with the settings that the store depends on:
 *
 * - WAL mode with `synchronous=FULL`. Each commit is on disk before it returns, and readers do not wait for the writer
 *   (https://www.sqlite.org/wal.html, https://www.sqlite.org/pragma.html#pragma_synchronous).
 * - `secure_delete`. SQLite overwrites the text of a session that was deleted or has ended with zeros.
 * - No memory map. If a mapped file cannot be read, because of the disk or because it was truncated, the system ends the
 *   process (SIGBUS).
 *
 * A read-only connection never moves the log into the file, even if it is the last one to be closed.
 */
export function connect(
  { path, lock_timeout_ms, cache_kib }: SqliteStoreConfig,
  access: 'read' | 'write' = 'write',
): DatabaseSync {
  // `mode` does not create the file again if it was deleted.
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

/** Prepares a statement that returns rows as arrays, which takes half the time of objects with names. */
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
    // The connection was not open.
  }
}
