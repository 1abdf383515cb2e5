import type { Scan, ScanKey, SessionFilter } from '../../../domain/store.ts';
import { scanPage } from '../../sql/scan-page.ts';
import { LAST_ID, SEARCHED_MAX } from '../../sql/search-columns.ts';
import type { SearchIndex } from '../../sql/search-index.ts';
import { afterKey, type Condition, conditions, valuesOf, where } from '../conditions.ts';
import type { Row, RowStatement } from '../connection.ts';
import { SUMMARY_COLUMNS, toSummary } from '../rows.ts';
import type { Statements } from './statements.ts';

/** The sessions of one part of time with one of the searched values. */
interface Search {
  readonly exists: Condition;
  /** The number of these sessions, at most `max`. */
  readonly count: (part: number, max: number) => number;
  /** Those that match the whole filter. */
  readonly page: (part: number, take: number) => Row[];
}

/**
 * Finds sessions by the indexes for searches, one part of time after the other, latest first. In each part it uses the
 * index with the fewest sessions. A page ends before the part in which it would look at more than `SEARCHED_MAX` parts and
 * sessions in all.
 */
export class Searcher {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /**
   * Searches by these indexes, of which there is at least one. Returns null if the first part has too many sessions with
   * the values: the indexes do not help there.
   */
  search(
    indexes: readonly SearchIndex[],
    filter: SessionFilter,
    after: ScanKey | null,
    take: number,
    now: number,
  ): Scan | null {
    const searches = indexes.map((index) => this.#searchBy(index, filter, after, now));
    const nextPart = this.#nextPart(indexes[0], searches);
    const values = valuesOf(searches.map(({ exists }) => exists));
    const rows: Row[] = [];
    const until = (open_time: number) => ({ sessions: rows.map(toSummary), next: { open_time, id: LAST_ID } });
    // A part is named by its first moment.
    const begin = after ? after.open_time + (after.id === LAST_ID ? 0 : 1) : Number.MAX_SAFE_INTEGER;
    let part = begin;
    for (let looked = 0; looked < SEARCHED_MAX; ) {
      const left = SEARCHED_MAX - looked;
      const [next = null, later = null, passed] = nextPart.get(part, part, left, left, ...values) ?? [];
      if (next === null) return { sessions: rows.map(toSummary), next: null };
      part = Number(next);
      const fewest = bringFewestToFront(searches, part);
      looked += Number(passed) + fewest;
      if (looked > SEARCHED_MAX) return later === begin ? null : until(Number(later));
      if (fewest === 0) continue;
      rows.push(...(searches[0]?.page(part, take + 1 - rows.length) ?? []));
      if (rows.length <= take) continue;
      return scanPage(rows.map(toSummary), take);
    }
    return until(part);
  }

  /**
   * Finds the next part before another that has sessions with each of the searched values, else the last of `left` parts.
   * Returns it, null if there are no more; the part after it; and the number of parts passed. One statement, because there
   * are thousands of parts: a statement for each of them takes three times as long.
   */
  #nextPart(first: SearchIndex | undefined, searches: readonly Search[]): RowStatement {
    const before = `SELECT search_part FROM sessions INDEXED BY ${first?.index}
      WHERE ${first?.column} IS NOT NULL AND search_part < part ORDER BY search_part DESC LIMIT 1`;
    const haveAll = searches.map(({ exists }) => exists.sql).join(' AND ');
    return this.#statements.get(`WITH RECURSIVE parts (part, later, passed) AS (SELECT ?, ?, 0 UNION ALL
      SELECT (${before}), part, passed + 1 FROM parts WHERE part IS NOT NULL AND passed < ?)
      SELECT part, later, passed FROM parts WHERE passed > 0 AND (part IS NULL OR passed = ? OR ${haveAll}) LIMIT 1`);
  }

  #searchBy({ name, column, index }: SearchIndex, filter: SessionFilter, after: ScanKey | null, now: number): Search {
    const searched = conditions({ [name]: filter[name] }, now);
    const all = [
      ...searched,
      ...conditions({ ...filter, [name]: undefined }, now),
      ...(after ? [afterKey(after)] : []),
    ];
    // Without the name of the index, SQLite may use that of the order, and read all sessions.
    const from = `FROM sessions INDEXED BY ${index}`;
    const inPart = (part: string) => ({ sql: `${column} IS NOT NULL AND search_part = ${part}`, values: [] });
    const count = this.#statements.get(
      `SELECT count(*) FROM (SELECT 1 ${from} ${where([inPart('?'), ...searched])} LIMIT ?)`,
    );
    const page = this.#statements.get(
      `SELECT ${SUMMARY_COLUMNS} ${from} ${where([inPart('?'), ...all])} ORDER BY open_time DESC, id LIMIT ?`,
    );
    return {
      exists: {
        sql: `EXISTS (SELECT 1 ${from} ${where([inPart('parts.part'), ...searched])})`,
        values: valuesOf(searched),
      },
      count: (part, max) => Number(count.get(part, ...valuesOf(searched), max)?.[0]),
      page: (part, take) => page.all(part, ...valuesOf(all), take),
    };
  }
}

/**
 * Returns the smallest count of a part. The search with it comes first from now on: it usually has the smallest count in
 * the next part too, and the others count no further.
 */
function bringFewestToFront(searches: Search[], part: number): number {
  let fewest = SEARCHED_MAX;
  let first = 0;
  for (const [at, { count }] of searches.entries()) {
    if (fewest === 0) break;
    const counted = count(part, fewest);
    if (counted < fewest) [fewest, first] = [counted, at];
  }
  searches.unshift(...searches.splice(first, 1));
  return fewest;
}
