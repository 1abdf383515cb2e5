import type { Scan, ScanKey, SessionFilter } from '../../../domain/store.ts';
import { keyAfterPart, SEARCHED_MAX, searchBegin, TIME_PART } from '../../sql/search-columns.ts';
import type { SearchIndex } from '../../sql/search-index.ts';
import { afterKey, conditions, valuesOf, where } from '../conditions.ts';
import type { Row } from '../connection.ts';
import { SELECT_SUMMARIES, toSummary } from '../rows.ts';
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
    { name, column }: SearchIndex,
    filter: SessionFilter,
    after: ScanKey | null,
    take: number,
    now: number,
  ): Scan | null {
    const searched = conditions({ [name]: filter[name] }, now);
    const others = conditions({ ...filter, [name]: undefined }, now);
    const hasKey = `${column} IS NOT NULL`;
    const partBefore = this.#statements.get(
      `SELECT ${TIME_PART} FROM sessions WHERE ${hasKey} AND ${TIME_PART} < ? ORDER BY ${TIME_PART} DESC LIMIT 1`,
    );
    const inPart = { sql: `${TIME_PART} = ?`, values: [] };
    const countIn = this.#statements.get(
      `SELECT count(*) FROM (SELECT 1 FROM sessions ${where([inPart, ...searched])} AND ${hasKey} LIMIT ?)`,
    );
    const beyond = after ? [afterKey(after)] : [];
    const pageIn = this.#statements.get(
      `${SELECT_SUMMARIES} ${where([inPart, ...searched, ...others, ...beyond])} AND ${hasKey} ORDER BY open_time DESC, id LIMIT ?`,
    );
    const rows: Row[] = [];
    const begin = searchBegin(after);
    for (let part = begin, looked = 0; ; ) {
      const next = partBefore.get(part)?.[0];
      if (next === undefined) return { sessions: rows.map(toSummary), next: null };
      const found = Number(countIn.get(next, ...valuesOf(searched), SEARCHED_MAX)?.[0]);
      looked += found + 1;
      if (looked > SEARCHED_MAX) {
        return part === begin ? null : { sessions: rows.map(toSummary), next: keyAfterPart(part) };
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
