import type { Scan, ScanKey, SessionFilter } from '../../../domain/store.ts';
import {
  deadlineRangeOf,
  type IndexRange,
  indexRangesOf,
  laterKey,
  PASSED_MAX,
  SORTED_MAX,
} from '../../sql/index-ranges.ts';
import { scanPage } from '../../sql/scan-page.ts';
import { KEY_COLUMNS } from '../../sql/search-columns.ts';
import { searchIndexesOf } from '../../sql/search-index.ts';
import { afterKey, type Condition, conditions, HAS_ENDED, IS_OPEN, RANGES, valuesOf, where } from '../conditions.ts';
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
  readonly #passed_max: number;

  constructor(statements: Statements, passed_max = PASSED_MAX) {
    this.#statements = statements;
    this.#passed_max = passed_max;
    this.#searcher = new Searcher(statements);
  }

  scan(filter: SessionFilter, after: ScanKey | null, take: number, now: number): Scan {
    const indexes = searchIndexesOf(filter);
    const choices = indexRangesOf(filter, now, RANGES);
    if (indexes.length > 0 || choices.length > 0) {
      const latest = this.#scan(filter, after, take, now, SCANNED_FIRST);
      if (latest.sessions.length >= take || !latest.next) return latest;
      // Few of the latest sessions match: an index finds the others.
      const short = choices.find((ranges) => this.#areShort(ranges));
      if (short) return this.#sort(short, filter, after, take, now);
      const found = indexes.length > 0 ? this.#searcher.search(indexes, filter, after, take, now) : null;
      if (found) return found;
    }
    const page = this.#scan(filter, after, take, now, SCANNED_MAX);
    if (page.sessions.length >= take || !page.next) return page;
    const place = this.#nextPlace(filter, page.next, now);
    if (!place) return place === null ? { ...page, next: null } : page;
    const { sessions, next } = this.#scan(filter, place, take - page.sessions.length, now, SCANNED_MAX);
    return { sessions: [...page.sessions, ...sessions], next };
  }

  /**
   * Passes sessions after a key whose deadline does not match: sessions that expire soon were often opened first, so they are
   * at the end of the list. Returns a key before the next session that may match, or null if there is none. Undefined if
   * too many sessions have such a deadline.
   */
  #nextPlace(filter: SessionFilter, after: ScanKey, now: number): ScanKey | null | undefined {
    const range = deadlineRangeOf(filter, now, RANGES);
    if (!range) return undefined;
    const entries = `${unionOf([range], 'open_time')} LIMIT ${this.#passed_max + 1}`;
    const latest = this.#statements.get(
      `SELECT count(*), max(open_time) FILTER (WHERE open_time <= ?) FROM (${entries})`,
    );
    const [count, open_time = null] = latest.get(after.open_time, ...valuesOf(range.within)) ?? [];
    if (Number(count) > this.#passed_max) return undefined;
    return open_time === null ? null : laterKey(after, Number(open_time));
  }

  #areShort(ranges: readonly IndexRange[]): boolean {
    const entries = this.#statements.get(`SELECT count(*) FROM (${unionOf(ranges, '1')} LIMIT ${SORTED_MAX + 1})`);
    return Number(entries.get(...valuesOf(ranges.flatMap(({ within }) => within)))?.[0]) <= SORTED_MAX;
  }

  /** Reads all sessions of the ranges, which are short, and sorts those that match. */
  #sort(ranges: readonly IndexRange[], filter: SessionFilter, after: ScanKey | null, take: number, now: number): Scan {
    const others = [...conditions(filter, now), ...(after ? [afterKey(after)] : [])];
    const matching = ranges.map(({ index, within }) => ({ index, within: [...within, ...others] }));
    const rows = this.#statements
      .get(`${unionOf(matching, SUMMARY_COLUMNS)} ${ORDER} LIMIT ?`)
      .all(...valuesOf(matching.flatMap(({ within }) => within)), take + 1);
    return scanPage(rows.map(toSummary), take);
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
    const read = rows.map(toSummary);
    if (read.length > take) return scanPage(read, take);
    // The last session that a page may look at.
    const cut = this.#statements.get(`${inOrder('open_time, id')} LIMIT 1 OFFSET ${scanned_max - 1}`).get(...within);
    return scanPage(read, take, cut ? { open_time: Number(cut[0]), id: String(cut[1]) } : null);
  }
}

function unionOf(ranges: readonly IndexRange[], columns: string): string {
  return ranges
    .map(({ index, within }) => `SELECT ${columns} FROM sessions INDEXED BY ${index} ${where(within)}`)
    .join(' UNION ALL ');
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
