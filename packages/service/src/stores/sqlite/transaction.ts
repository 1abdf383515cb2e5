import type { DatabaseSync } from 'node:sqlite';
import { prepare } from './connection.ts';
import { ConnectionBroken } from './faults.ts';

/**
 * Returns a function that runs `work` in one transaction, which excludes other writers from its start. If `work`
 * throws, the transaction is rolled back. Throws `ConnectionBroken` if that fails too.
 */
export function transactions(db: DatabaseSync): <T>(work: () => T) => T {
  const begin = prepare(db, 'BEGIN IMMEDIATE');
  const commit = prepare(db, 'COMMIT');
  return (work) => {
    begin.run();
    try {
      const result = work();
      commit.run();
      return result;
    } catch (error) {
      rollBack(db, error);
      throw error;
    }
  };
}

/** Rolls back. After some faults, such as a full disk, SQLite has done so already. */
export function rollBack(db: DatabaseSync, cause: unknown): void {
  try {
    if (db.isTransaction) db.exec('ROLLBACK');
  } catch {
    // Only the check below counts.
  }
  if (db.isTransaction) throw new ConnectionBroken('a transaction cannot be ended', { cause });
}
