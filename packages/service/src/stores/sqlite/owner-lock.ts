import { DatabaseSync } from 'node:sqlite';
import { SessionsError } from '../../domain/errors.ts';
import type { SqliteStoreConfig } from './config.ts';
import { ownerFile } from './connection.ts';

/**
 * Makes this process the only one that serves the file: what it has read stays true until it writes. The lock is
 * SQLite's own, on an empty file beside; the system releases it when the process ends, however it ends.
 */
export class OwnerLock {
  readonly #db: DatabaseSync;

  /** Waits a moment for a process that is about to end. Throws `STORE_UNUSABLE` when it does not. */
  constructor({ path, owner_timeout_ms }: SqliteStoreConfig) {
    this.#db = new DatabaseSync(ownerFile(path), { timeout: owner_timeout_ms });
    try {
      this.#db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    } catch (cause) {
      this.#db.close();
      const message = `${path} is served by another process: stop that one, or choose another file.`;
      throw new SessionsError('STORE_UNUSABLE', message, { cause });
    }
  }

  release(): void {
    this.#db.close();
  }
}
