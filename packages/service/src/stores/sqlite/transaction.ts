import type { DatabaseSync } from 'node:sqlite';
import { prepare } from './connection.ts';
import { ConnectionBroken } from './faults.ts';

/**
 * Prepares a way to run `work` in one transaction that keeps other writers out from its start. What it throws rolls
 * all of it back. Throws `ConnectionBroken` when that fails too.
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

/** SQLite has rolled back by itself after some faults, such as a full disk. */
export function rollBack(db: DatabaseSync, cause: unknown): void {
  try {
    if (db.isTransaction) db.exec('ROLLBACK');
  } catch {
    // What counts is whether the transaction has ended.
  }
  if (db.isTransaction) throw new ConnectionBroken('a transaction cannot be ended', { cause });
}
