import type { Scan, ScanKey, SessionFilter } from '../../../domain/store.ts';
import { KEY_COLUMNS } from '../../sql/search-columns.ts';
import { searchIndexesOf } from '../../sql/search-index.ts';
import { afterKey, type Condition, conditions, HAS_ENDED, IS_OPEN, valuesOf, where } from '../conditions.ts';
import { SUMMARY_COLUMNS, toSummary } from '../rows.ts';
import { Searcher } from './searcher.ts';
import type { Statements } from './statements.ts';

/** How many sessions one page may look at: 10,000 take about 20 ms, during which nothing else runs. */
const SCANNED_MAX = 10_000;
/** The same before an index is used: enough for a value that many sessions have. */
const SCANNED_FIRST = 1_000;

const ORDER = 'ORDER BY open_time DESC, id';

/**
 * Pages in the order of `open_time`. A page looks at no more than `SCANNED_MAX` index entries, before the other
 * conditions.
 */
export class Scanner {
  readonly #statements: Statements;
  readonly #searcher: Searcher;

  constructor(statements: Statements) {
    this.#statements = statements;
    this.#searcher = new Searcher(statements);
  }

  scan(filter: SessionFilter, after: ScanKey | null, take: number, now: number): Scan {
    const indexes = searchIndexesOf(filter);
    if (indexes.length > 0) {
      const latest = this.#scan(filter, after, take, now, SCANNED_FIRST);
      if (latest.sessions.length >= take || !latest.next) return latest;
      // A value that few sessions have: an index finds them.
      const found = this.#searcher.search(indexes, filter, after, take, now);
      if (found) return found;
    }
    return this.#scan(filter, after, take, now, SCANNED_MAX);
  }

  #scan(filter: SessionFilter, after: ScanKey | null, take: number, now: number, scanned_max: number): Scan {
    const { ranges, others } = split(filter, after, now);
    const inOrder = (columns: string) =>
      `${ranges.map((range) => `SELECT ${columns} FROM sessions ${where(range)}`).join(' UNION ALL ')} ${ORDER}`;
    const looked = `SELECT * FROM (${inOrder(`${SUMMARY_COLUMNS}, ${KEY_COLUMNS.join(', ')}`)} LIMIT ${scanned_max})`;
    const within = ranges.flatMap(valuesOf);
    const rows = this.#statements
      .get(`${looked} ${where(others)} LIMIT ?`)
      .all(...within, ...valuesOf(others), take + 1);
    const sessions = rows.slice(0, take).map(toSummary);
    if (rows.length > take) return { sessions, next: keyOf(sessions.at(-1)) };
    // The last session that a page may look at.
    const cut = this.#statements.get(`${inOrder('open_time, id')} LIMIT 1 OFFSET ${scanned_max - 1}`).get(...within);
    return { sessions, next: cut ? { open_time: Number(cut[0]), id: String(cut[1]) } : null };
  }
}

/** Divides the filter into ranges of an index, each in order, which are merged, and all other conditions. */
function split(filter: SessionFilter, after: ScanKey | null, now: number) {
  const { user_id, actor_id, ...rest } = filter;
  const beyond: Condition[] = after ? [afterKey(after)] : [];
  const others = conditions(
    user_id === undefined ? rest : { ...rest, ...(actor_id !== undefined && { actor_id }) },
    now,
  );
  if (user_id === undefined && actor_id !== undefined) {
    return { ranges: [[...conditions({ actor_id }, now), ...beyond]], others };
  }
  if (user_id === undefined) return { ranges: [beyond], others };
  const ofUser = (state: string): Condition[] => [{ sql: `user_id = ? AND ${state}`, values: [user_id] }, ...beyond];
  return { ranges: (filter.active === true ? [IS_OPEN] : [IS_OPEN, HAS_ENDED]).map(ofUser), others };
}

function keyOf(session: ScanKey | undefined): ScanKey | null {
  return session ? { open_time: session.open_time, id: session.id } : null;
}
