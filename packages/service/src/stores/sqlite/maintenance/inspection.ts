import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { closeQuietly } from '../connection.ts';

const LOCK_TIMEOUT_MS = 2_000;

/**
 * Opens a database only to read it, while a service uses it or not, and runs `work` with it. The database and its log
 * are not changed. If there is no log, no service has the file open. SQLite then opens the file as
 * immutable, so that it creates no log.
 *
 * Throws if a service starts meanwhile: what was read may then be a mixture.
 */
export async function inspecting<T>(path: string, work: (db: DatabaseSync) => T | Promise<T>): Promise<T> {
  const isAtRest = !existsSync(`${path}-wal`);
  const before = changedAt(path);
  const db = new DatabaseSync(readOnlyUrl(path), { timeout: LOCK_TIMEOUT_MS });
  try {
    db.exec('PRAGMA trusted_schema = OFF');
    return await work(db);
  } finally {
    closeQuietly(db);
    if (isAtRest) assertAtRest(path, before);
  }
}

/** The URL of a database that is opened only to read it. */
export function readOnlyUrl(path: string): URL {
  const url = pathToFileURL(path);
  url.searchParams.set('mode', 'ro');
  if (!existsSync(`${path}-wal`)) url.searchParams.set('immutable', '1');
  return url;
}

function assertAtRest(path: string, before: number): void {
  if (!existsSync(`${path}-wal`) && changedAt(path) === before) return;
  throw new Error('A service has opened the database meanwhile. Run the command again.');
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
