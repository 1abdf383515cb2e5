import type { Scan, ScanKey, SessionFilter } from '../../../domain/store.ts';
import { startOfPart, TIME_PART, timePartOf } from '../../sql/search-columns.ts';
import type { SearchIndex } from '../../sql/search-index.ts';
import { afterKey, conditions, valuesOf, where } from '../conditions.ts';
import type { Row } from '../connection.ts';
import { SELECT_SUMMARIES, toSummary } from '../rows.ts';
import type { Statements } from './statements.ts';

/** How many sessions with a searched value one page may look at. */
const LOOKED_AT_MAX = 20_000;

/**
 * Finds sessions by an index for searches, one part of time after the other, latest first. A page ends after the part
 * in which it has looked at `LOOKED_AT_MAX` sessions.
 */
export class Searcher {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  search({ name, column }: SearchIndex, filter: SessionFilter, after: ScanKey | null, take: number, now: number): Scan {
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
    let part = after ? timePartOf(after.open_time) + 1 : Number.MAX_SAFE_INTEGER;
    for (let looked = 0; looked < LOOKED_AT_MAX; ) {
      const next = partBefore.get(part)?.[0];
      if (next === undefined) return { sessions: rows.map(toSummary), next: null };
      part = Number(next);
      const found = Number(countIn.get(part, ...valuesOf(searched), LOOKED_AT_MAX)?.[0]);
      looked += found + 1;
      if (found === 0) continue;
      rows.push(...pageIn.all(part, ...valuesOf([...searched, ...others, ...beyond]), take + 1 - rows.length));
      if (rows.length <= take) continue;
      const sessions = rows.slice(0, take).map(toSummary);
      const last = sessions.at(-1);
      return { sessions, next: last ? { open_time: last.open_time, id: last.id } : null };
    }
    return { sessions: rows.map(toSummary), next: { open_time: startOfPart(part), id: LAST_ID } };
  }
}

/** No id comes after it. */
const LAST_ID = '\u{10ffff}';
