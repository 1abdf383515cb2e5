import { DatabaseSync } from 'node:sqlite';
import { SessionsError } from '../../../domain/errors.ts';
import type { SqliteStoreConfig } from '../config.ts';
import { closeQuietly, ownerFile } from '../connection.ts';
import { isBusy, reasonOf } from '../faults.ts';

/**
 * Makes this process the only one that serves the file, so that cached data stays valid until this process writes. It
 * uses SQLite's lock on an empty file beside the database. The system releases the lock when the process ends, in every
 * case.
 */
export class OwnerLock {
  readonly #db: DatabaseSync;

  /**
   * Waits up to `owner_timeout_ms` for a process that is ending. Throws `STORE_UNUSABLE` if the file is still locked
   * then.
   */
  constructor({ path, owner_timeout_ms }: SqliteStoreConfig) {
    const file = ownerFile(path);
    let db: DatabaseSync | null = null;
    try {
      db = new DatabaseSync(file, { timeout: owner_timeout_ms });
      db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    } catch (cause) {
      if (db) closeQuietly(db);
      const message = isBusy(cause)
        ? `${path} is served by another process: stop that one, or choose another file.`
        : `${file} cannot be locked: ${reasonOf(cause)}.`;
      const details = { reason: isBusy(cause) ? 'served_by_another_process' : 'not_locked' };
      throw new SessionsError('STORE_UNUSABLE', message, { details, cause });
    }
    this.#db = db;
  }

  release(): void {
    closeQuietly(this.#db);
  }
}
