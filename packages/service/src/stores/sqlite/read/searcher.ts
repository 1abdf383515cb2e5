import type { Scan, ScanKey, SessionFilter } from '../../../domain/store.ts';
import { LAST_ID, SEARCHED_MAX } from '../../sql/search-columns.ts';
import type { SearchIndex } from '../../sql/search-index.ts';
import { afterKey, conditions, valuesOf, where } from '../conditions.ts';
import type { Row } from '../connection.ts';
import { SUMMARY_COLUMNS, toSummary } from '../rows.ts';
import type { Statements } from './statements.ts';

/**
 * Finds sessions by an index for searches, one part of time after the other, latest first. A page ends before the part
 * in which it would look at more than `SEARCHED_MAX` sessions in all.
 */
export class Searcher {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Returns null if the first part has too many sessions with the value: the index does not help there. */
  search(
    { name, column, index }: SearchIndex,
    filter: SessionFilter,
    after: ScanKey | null,
    take: number,
    now: number,
  ): Scan | null {
    const searched = conditions({ [name]: filter[name] }, now);
    const others = conditions({ ...filter, [name]: undefined }, now);
    const hasKey = `${column} IS NOT NULL`;
    // Without the name of the index, SQLite may use that of the order, and read all sessions.
    const from = `FROM sessions INDEXED BY ${index}`;
    const partBefore = this.#statements.get(
      `SELECT search_part ${from} WHERE ${hasKey} AND search_part < ? ORDER BY search_part DESC LIMIT 1`,
    );
    const inPart = { sql: 'search_part = ?', values: [] };
    const countIn = this.#statements.get(
      `SELECT count(*) FROM (SELECT 1 ${from} ${where([inPart, ...searched])} AND ${hasKey} LIMIT ?)`,
    );
    const beyond = after ? [afterKey(after)] : [];
    const pageIn = this.#statements.get(
      `SELECT ${SUMMARY_COLUMNS} ${from} ${where([inPart, ...searched, ...others, ...beyond])} AND ${hasKey} ORDER BY open_time DESC, id LIMIT ?`,
    );
    const rows: Row[] = [];
    // A part is named by its first moment.
    const begin = after ? after.open_time + (after.id === LAST_ID ? 0 : 1) : Number.MAX_SAFE_INTEGER;
    for (let part = begin, looked = 0; ; ) {
      const next = partBefore.get(part)?.[0];
      if (next === undefined) return { sessions: rows.map(toSummary), next: null };
      const found = Number(countIn.get(next, ...valuesOf(searched), SEARCHED_MAX)?.[0]);
      looked += found + 1;
      if (looked > SEARCHED_MAX) {
        return part === begin ? null : { sessions: rows.map(toSummary), next: { open_time: part, id: LAST_ID } };
      }
      part = Number(next);
      if (found === 0) continue;
      rows.push(...pageIn.all(part, ...valuesOf([...searched, ...others, ...beyond]), take + 1 - rows.length));
      if (rows.length <= take) continue;
      const sessions = rows.slice(0, take).map(toSummary);
      const last = sessions.at(-1);
      return { sessions, next: last ? { open_time: last.open_time, id: last.id } : null };
    }
  }
}
