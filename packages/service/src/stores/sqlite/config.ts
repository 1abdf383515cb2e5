import { resolve } from 'node:path';
import { SessionsError } from '../../domain/errors.ts';

export interface SqliteStoreConfig {
  readonly path: string;
  /** How long a statement waits for a lock that another process holds. */
  readonly lock_timeout_ms: number;
  /** How long a start waits for another process to release the file. */
  readonly owner_timeout_ms: number;
  /** The size of the cache of sessions for reads. */
  readonly session_cache_bytes: number;
  /** The approximate size at which the write-ahead log is moved into the file and restarts from its beginning. */
  readonly wal_bytes_max: number;
  /** How long the log may hold deleted data; it is removed at the next write after this time. */
  readonly wal_age_ms_max: number;
  /**
   * The page cache of each of the two connections. SQLite searches it at the end of each commit, so larger is not
   * better.
   */
  readonly cache_kib: number;
  /** Timeout of a read whose time grows with the store. */
  readonly long_read_timeout_ms: number;
  /** How many writes may wait for the disk; further writes are rejected. */
  readonly writes_waiting_max: number;
  /** How many writes may share one commit. */
  readonly writes_per_commit_max: number;
}

/** Parses `sqlite:<path of the file>`. Throws `INVALID_CONFIG`. */
export function sqliteStoreConfig(url: string): SqliteStoreConfig {
  const path = /^sqlite:(?!:memory:)([^?#]+)$/.exec(url)?.[1];
  if (path === undefined) {
    const message = `The store URL ${JSON.stringify(url)} is invalid: use "sqlite:" with the path of a file, for example "sqlite:data/sessions.db".`;
    throw new SessionsError('INVALID_CONFIG', message);
  }
  if (path.startsWith('//')) {
    // Programs read `//` differently: before a host, a path from the working folder, or a path from the root.
    const name = path.replace(/^\/+/, '');
    const message = `The store URL ${JSON.stringify(url)} is ambiguous: use "sqlite:${name}" for a path from the working folder, or "sqlite:/${name}" for a path from the root.`;
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
