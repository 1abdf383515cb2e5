import type { DatabaseSync } from 'node:sqlite';
import type { SessionFilter } from '../../domain/store.ts';
import { conditions, IS_OPEN, valuesOf, where } from './conditions.ts';
import { closeQuietly, prepare, type RowStatement } from './connection.ts';
import { SELECT_HOURS } from './hours.ts';
import { SELECT_SESSION, SELECT_SUMMARIES } from './rows.ts';
import { Scanner } from './scanner.ts';
import { rollBack } from './transaction.ts';

/** A connection with the statements of the reads. */
export class ReadConnection {
  readonly db: DatabaseSync;
  readonly find: RowStatement;
  readonly begin: RowStatement;
  readonly hours: RowStatement;
  readonly due: RowStatement;
  readonly dueOfUser: RowStatement;
  readonly scanner: Scanner;
  readonly #end: RowStatement;
  readonly #snapshot: RowStatement;
  /** One a combination of filters: some hundreds at most. */
  readonly #lists = new Map<string, RowStatement>();
  readonly #counts = new Map<string, RowStatement>();

  /** Throws what SQLite throws. */
  static open(connect: () => DatabaseSync): ReadConnection {
    const db = connect();
    try {
      return new ReadConnection(db);
    } catch (error) {
      closeQuietly(db);
      throw error;
    }
  }

  private constructor(db: DatabaseSync) {
    this.db = db;
    this.find = prepare(db, SELECT_SESSION);
    this.begin = prepare(db, 'BEGIN');
    this.#end = prepare(db, 'COMMIT');
    // Of no table, so that no page but the first has to be read.
    this.#snapshot = prepare(db, 'SELECT 1 FROM sqlite_schema LIMIT 1');
    this.hours = prepare(db, SELECT_HOURS);
    this.due = prepare(db, 'SELECT 1 FROM sessions WHERE close_time IS NULL AND deadline <= ? LIMIT 1');
    this.dueOfUser = prepare(db, `SELECT 1 FROM sessions WHERE user_id = ? AND ${IS_OPEN} AND deadline <= ? LIMIT 1`);
    this.scanner = new Scanner(db);
  }

  /** Reads something: only then does a transaction hold the file's state. */
  holdState(): void {
    this.#snapshot.get();
  }

  /** Ends the transaction, also one that a fault has ended. Throws `ConnectionBroken`. */
  end(): void {
    try {
      this.#end.run();
    } catch (error) {
      rollBack(this.db, error);
    }
  }

  close(): void {
    closeQuietly(this.db);
  }

  list(condition: string): RowStatement {
    return prepared(this.#lists, condition, () =>
      prepare(this.db, `${SELECT_SUMMARIES} ${condition} ORDER BY request_time DESC, id LIMIT ? OFFSET ?`),
    );
  }

  count(filter: SessionFilter, now: number): number {
    const all = conditions(filter, now);
    const condition = where(all);
    const count = prepared(this.#counts, condition, () =>
      prepare(this.db, `SELECT count(*) FROM sessions ${condition}`),
    );
    return Number(count.get(...valuesOf(all))?.[0]);
  }
}

function prepared(statements: Map<string, RowStatement>, key: string, make: () => RowStatement): RowStatement {
  let statement = statements.get(key);
  if (!statement) {
    statement = make();
    statements.set(key, statement);
  }
  return statement;
}
