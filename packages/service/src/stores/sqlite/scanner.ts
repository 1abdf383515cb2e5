import type { DatabaseSync } from 'node:sqlite';
import type { Scan, ScanKey, SessionFilter } from '../../domain/store.ts';
import { type Condition, conditions, valuesOf, where } from './conditions.ts';
import { prepare, type RowStatement } from './connection.ts';
import { SUMMARY_COLUMNS, toSummary } from './rows.ts';

/** How many sessions one page looks at, at most: 10,000 take about 20 ms, in which nothing else is answered. */
const SCANNED_MAX = 10_000;

const ORDER = 'ORDER BY open_time DESC, id';

interface Statements {
  readonly page: RowStatement;
  /** The last session that a page may look at. */
  readonly last: RowStatement;
}

/** Pages in the order of opening. What an index finds is cut off at `SCANNED_MAX` before the other conditions look at it. */
export class Scanner {
  readonly #db: DatabaseSync;
  /** One a combination of filters: some hundreds at most. */
  readonly #statements = new Map<string, Statements>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  scan(filter: SessionFilter, after: ScanKey | null, take: number, now: number): Scan {
    const { indexed, others } = split(filter, after, now);
    const { page, last } = this.#prepared(where(indexed), where(others));
    const rows = page.all(...valuesOf(indexed), ...valuesOf(others), take + 1);
    const sessions = rows.slice(0, take).map(toSummary);
    if (rows.length > take) return { sessions, next: keyOf(sessions.at(-1)) };
    const cut = last.get(...valuesOf(indexed));
    return { sessions, next: cut ? { open_time: Number(cut[0]), id: String(cut[1]) } : null };
  }

  #prepared(indexed: string, others: string): Statements {
    const key = `${indexed}|${others}`;
    let statements = this.#statements.get(key);
    if (!statements) {
      const looked = `SELECT ${SUMMARY_COLUMNS} FROM sessions ${indexed} ${ORDER} LIMIT ${SCANNED_MAX}`;
      const cut = `SELECT open_time, id FROM sessions ${indexed} ${ORDER} LIMIT 1 OFFSET ${SCANNED_MAX - 1}`;
      statements = {
        page: prepare(this.#db, `SELECT * FROM (${looked}) ${others} LIMIT ?`),
        last: prepare(this.#db, cut),
      };
      this.#statements.set(key, statements);
    }
    return statements;
  }
}

/** What an index serves, and the rest. */
function split(filter: SessionFilter, after: ScanKey | null, now: number) {
  const { user_id, ...rest } = filter;
  const indexed: Condition[] = [];
  if (user_id !== undefined) {
    indexed.push({ sql: 'user_id = ?', values: [user_id] });
    if (filter.active === true) indexed.push({ sql: 'close_time IS NULL', values: [] });
  }
  if (after) {
    const { open_time, id } = after;
    indexed.push({ sql: 'open_time <= ? AND (open_time < ? OR id > ?)', values: [open_time, open_time, id] });
  }
  return { indexed, others: conditions(rest, now) };
}

function keyOf(session: ScanKey | undefined): ScanKey | null {
  return session ? { open_time: session.open_time, id: session.id } : null;
}
