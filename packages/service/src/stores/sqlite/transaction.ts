import type { DatabaseSync } from 'node:sqlite';
import { prepare } from './connection.ts';

/**
 * Prepares a way to run `work` in one transaction that keeps other writers out from its start. What it throws rolls
 * all of it back.
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
      // SQLite has rolled back by itself after some faults, such as a full disk.
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };
}
