import { SessionsError } from '../../../domain/errors.ts';
import type { WorkingSet } from '../data/working-set.ts';
import { writeStatement } from '../data/write-statement.ts';
import type { Feed } from '../feed/feed.ts';
import type { Connection, Statement } from './connection.ts';
import { isRefusal } from './faults.ts';

export const BEGIN: Statement = { text: 'BEGIN' };
export const COMMIT: Statement = { text: 'COMMIT' };
export const ROLLBACK: Statement = { text: 'ROLLBACK' };

/** Runs `work`, which begins and commits a transaction. Rolls back if `work` throws. */
export async function inTransaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isRefusal(error) || error instanceof SessionsError) await connection.query(ROLLBACK);
    throw error;
  }
}

/**
 * Writes the final states of a working set, commits, and then publishes its changes. `alone` means that no transaction
 * was begun: the single statement commits itself.
 */
export async function commit(connection: Connection, set: WorkingSet, feed: Feed, alone = false): Promise<void> {
  const statement = writeStatement(set, { channel: feed.channel, payloads: feed.payloads(set.changes, connection) });
  if (statement) {
    // If the statement fails, COMMIT rolls back.
    const statements = alone ? [statement] : [statement, COMMIT];
    await feed.tellOwn(set.changes, () => Promise.all(statements.map((one) => connection.query(one))));
  } else if (!alone) {
    await connection.query(COMMIT);
  }
}
