import type { DatabaseSync } from 'node:sqlite';
import type { Scan, ScanKey, SessionFilter } from '../../../domain/store.ts';
import { type Condition, conditions, HAS_ENDED, IS_OPEN, valuesOf, where } from '../conditions.ts';
import { prepare, type RowStatement } from '../connection.ts';
import { SUMMARY_COLUMNS, toSummary } from '../rows.ts';

/** How many sessions one page may look at: 10,000 take about 20 ms, during which nothing else runs. */
const SCANNED_MAX = 10_000;

const ORDER = 'ORDER BY open_time DESC, id';

interface Statements {
  readonly page: RowStatement;
  /** Selects the last session that a page may look at. */
  readonly last: RowStatement;
}

/**
 * Pages in the order of `open_time`. A page looks at no more than `SCANNED_MAX` index entries, before the other
 * conditions.
 */
export class Scanner {
  readonly #db: DatabaseSync;
  /** One for each combination of filters: some hundreds at most. */
  readonly #statements = new Map<string, Statements>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  scan(filter: SessionFilter, after: ScanKey | null, take: number, now: number): Scan {
    const { ranges, others } = split(filter, after, now);
    const { page, last } = this.#prepared(ranges.map(where), where(others));
    const within = ranges.flatMap(valuesOf);
    const rows = page.all(...within, ...valuesOf(others), take + 1);
    const sessions = rows.slice(0, take).map(toSummary);
    if (rows.length > take) return { sessions, next: keyOf(sessions.at(-1)) };
    const cut = last.get(...within);
    return { sessions, next: cut ? { open_time: Number(cut[0]), id: String(cut[1]) } : null };
  }

  #prepared(ranges: readonly string[], others: string): Statements {
    const key = `${ranges.join('|')}|${others}`;
    let statements = this.#statements.get(key);
    if (!statements) {
      const inOrder = (columns: string) =>
        `${ranges.map((range) => `SELECT ${columns} FROM sessions ${range}`).join(' UNION ALL ')} ${ORDER}`;
      statements = {
        page: prepare(this.#db, `SELECT * FROM (${inOrder(SUMMARY_COLUMNS)} LIMIT ${SCANNED_MAX}) ${others} LIMIT ?`),
        last: prepare(this.#db, `${inOrder('open_time, id')} LIMIT 1 OFFSET ${SCANNED_MAX - 1}`),
      };
      this.#statements.set(key, statements);
    }
    return statements;
  }
}

/** Divides the filter into ranges of an index, each in order, which are merged, and all other conditions. */
function split(filter: SessionFilter, after: ScanKey | null, now: number) {
  const { user_id, ...rest } = filter;
  const beyond: Condition[] = [];
  if (after) {
    const { open_time, id } = after;
    beyond.push({ sql: 'open_time <= ? AND (open_time < ? OR id > ?)', values: [open_time, open_time, id] });
  }
  const others = conditions(rest, now);
  if (user_id === undefined) return { ranges: [beyond], others };
  const ofUser = (state: string): Condition[] => [{ sql: `user_id = ? AND ${state}`, values: [user_id] }, ...beyond];
  return { ranges: (filter.active === true ? [IS_OPEN] : [IS_OPEN, HAS_ENDED]).map(ofUser), others };
}

function keyOf(session: ScanKey | undefined): ScanKey | null {
  return session ? { open_time: session.open_time, id: session.id } : null;
}
