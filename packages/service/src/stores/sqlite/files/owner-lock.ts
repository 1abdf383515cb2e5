import { DatabaseSync } from 'node:sqlite';
import { SessionsError } from '../../../domain/errors.ts';
import type { SqliteStoreConfig } from '../config.ts';
import { closeQuietly, ownerFile } from '../connection.ts';
import { isBusy, reasonOf } from '../faults.ts';

/**
 * Makes this process the only one that serves the file: what it has read stays true until it writes. The lock is
 * SQLite's own, on an empty file beside; the system releases it when the process ends, however it ends.
 */
export class OwnerLock {
  readonly #db: DatabaseSync;

  /** Waits a moment for a process that is about to end. Throws `STORE_UNUSABLE` when it does not. */
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
      throw new SessionsError('STORE_UNUSABLE', message, { cause });
    }
    this.#db = db;
  }

  release(): void {
    closeQuietly(this.#db);
  }
}
