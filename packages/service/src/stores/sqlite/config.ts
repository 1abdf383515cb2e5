import { resolve } from 'node:path';
import { SessionsError } from '../../domain/errors.ts';

export interface SqliteStoreConfig {
  readonly path: string;
  /** How long a statement waits for a lock that another process holds. */
  readonly lock_timeout_ms: number;
  /** How long a start waits for another process to let go of the file. */
  readonly owner_timeout_ms: number;
  /** Sessions that are kept in memory for reads. */
  readonly session_cache_bytes: number;
  /** About how far the write-ahead log grows before it is moved into the file and starts again from its beginning. */
  readonly wal_bytes_max: number;
  /** How long the log may hold what was deleted, until the next write after that. */
  readonly wal_age_ms_max: number;
  /** Pages that each of the two connections keeps: SQLite looks through their places at the end of each commit. */
  readonly cache_kib: number;
  /** How long a read may take whose time grows with the store. */
  readonly long_read_timeout_ms: number;
  /** How many writes may wait for the disk; more are refused. */
  readonly writes_waiting_max: number;
  /** How many writes share one commit at most. */
  readonly writes_per_commit_max: number;
}

/** `sqlite:<path of the file>`. */
export function sqliteStoreConfig(url: string): SqliteStoreConfig {
  const path = /^sqlite:(?!:memory:)([^?#]+)$/.exec(url)?.[1];
  if (path === undefined) {
    const message = `The store URL ${JSON.stringify(url)} should be "sqlite:" and the path of a file, like "sqlite:data/sessions.db".`;
    throw new SessionsError('INVALID_CONFIG', message);
  }
  if (path.startsWith('//')) {
    // Where others read a host, or a path from the working folder, or one from the root.
    const name = path.replace(/^\/+/, '');
    const message = `The store URL ${JSON.stringify(url)} is not clear: write "sqlite:${name}" for a path from the working folder, or "sqlite:/${name}" for one from the root.`;
    throw new SessionsError('INVALID_CONFIG', message);
  }
  return {
    path: resolve(path),
    lock_timeout_ms: 2_000,
    owner_timeout_ms: 3_000,
    session_cache_bytes: 134_217_728,
    wal_bytes_max: 134_217_728,
    wal_age_ms_max: 900_000,
    cache_kib: 8_192,
    long_read_timeout_ms: 30_000,
    writes_waiting_max: 16_384,
    writes_per_commit_max: 512,
  };
}
