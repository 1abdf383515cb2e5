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
import { keyAfterPart, SEARCHED_MAX, searchBegin, TIME_PART } from '../../sql/search-columns.ts';
import { type SearchIndex, searchIndexesOf } from '../../sql/search-index.ts';
import type { Connection, Value } from '../connection/connection.ts';
import { numberArray } from './arrays.ts';
import { addFilter, Conditions, RANGES } from './conditions.ts';
import { fromStored, toStored } from './nul-escaping.ts';
import { SUMMARY_COLUMNS, toSummary } from './rows.ts';

/** How many sessions one page may look at, so that its time does not grow with the store. */
const SCANNED_MAX = 10_000;

const BY_OPENING = 'ORDER BY open_time DESC, id';

/**
 * A page in the order of `open_time`. It looks at no more than `SCANNED_MAX` index entries, before the other
 * conditions.
 */
export async function scan(
  connection: Connection,
  filter: SessionFilter,
  after: ScanKey | null,
  take: number,
  now: number,
): Promise<Scan> {
  const found = await scanInOrder(connection, filter, after, take, now);
  if (found.sessions.length >= take || !found.next) return found;
  // Few of the latest sessions match: an index finds the others.
  for (const ranges of indexRangesOf(filter, now, RANGES)) {
    if (await areShort(connection, ranges)) return sorted(connection, ranges, filter, after, take, now);
  }
  for (const index of searchIndexesOf(filter)) {
    const searched = await search(connection, index, filter, after, take, now);
    if (searched) return searched;
  }
  const place = await nextPlace(connection, filter, found.next, now);
  if (!place) return place === null ? { ...found, next: null } : found;
  const { sessions, next } = await scanInOrder(connection, filter, place, take - found.sessions.length, now);
  return { sessions: [...found.sessions, ...sessions], next };
}

/**
 * Passes sessions after a key whose deadline does not match: sessions that expire soon were often opened first, so they are
 * at the end of the list. Returns a key before the next session that may match, or null if there is none. Undefined if
 * too many sessions have such a deadline.
 */
async function nextPlace(
  connection: Connection,
  filter: SessionFilter,
  after: ScanKey,
  now: number,
): Promise<ScanKey | null | undefined> {
  const range = deadlineRangeOf(filter, now, RANGES);
  if (!range) return undefined;
  const { sql, values } = unionOf([range], 'open_time');
  const text = `SELECT count(*), max(open_time) FILTER (WHERE open_time <= $${values.length + 1})
    FROM (${sql} LIMIT ${PASSED_MAX + 1}) AS entries`;
  const [[count, open_time = null] = []] = await connection.query({ text, values: [...values, after.open_time] });
  if (Number(count) > PASSED_MAX) return undefined;
  return open_time === null ? null : laterKey(after, Number(open_time));
}

async function areShort(connection: Connection, ranges: readonly IndexRange[]): Promise<boolean> {
  const { sql, values } = unionOf(ranges, '1');
  const text = `SELECT count(*) FROM (${sql} LIMIT ${SORTED_MAX + 1}) AS entries`;
  const [, [row]] = await Promise.all([
    // The planner may expect more sessions than there are, and read the table until it has found so many.
    connection.query({ text: 'SET LOCAL enable_seqscan = off' }),
    connection.query({ text, values }),
  ]);
  return Number(row?.[0]) <= SORTED_MAX;
}

/** Reads all sessions of the ranges, which are short, and sorts those that match. */
async function sorted(
  connection: Connection,
  ranges: readonly IndexRange[],
  filter: SessionFilter,
  after: ScanKey | null,
  take: number,
  now: number,
): Promise<Scan> {
  const { sql, values } = unionOf(ranges, '*');
  const matching = addFilter(new Conditions(values), filter, now);
  if (after) addAfter(matching, after);
  // Not inlined: PostgreSQL might read all sessions by the index of the order.
  const text = `WITH found AS MATERIALIZED (${sql})
    SELECT ${SUMMARY_COLUMNS} FROM found ${matching.where} ${BY_OPENING} LIMIT ${take + 1}`;
  const rows = await connection.query({ text, values: matching.values });
  return scanPage(rows.map(toSummary), take);
}

function unionOf(ranges: readonly IndexRange[], columns: string): { readonly sql: string; readonly values: Value[] } {
  let values: Value[] = [];
  const selects = ranges.map(({ within }) => {
    const conditions = new Conditions(values);
    for (const condition of within) conditions.add(condition.sql, ...condition.values);
    values = conditions.values;
    return `SELECT ${columns} FROM sessions ${conditions.where}`;
  });
  return { sql: selects.join(' UNION ALL '), values };
}

async function scanInOrder(
  connection: Connection,
  filter: SessionFilter,
  after: ScanKey | null,
  take: number,
  now: number,
): Promise<Scan> {
  const { indexed, others } = split(filter, after, now);
  const looked = `SELECT * FROM sessions ${indexed.where} ${BY_OPENING} LIMIT ${SCANNED_MAX}`;
  const rows = await connection.query({
    text: `SELECT ${SUMMARY_COLUMNS} FROM (${looked}) AS looked ${others.where} ${BY_OPENING} LIMIT ${take + 1}`,
    values: others.values,
  });
  const read = rows.map(toSummary);
  if (read.length > take) return scanPage(read, take);
  const [cut] = await connection.query({
    text: `SELECT open_time, id FROM sessions ${indexed.where} ${BY_OPENING} LIMIT 1 OFFSET ${SCANNED_MAX - 1}`,
    values: indexed.values,
  });
  return scanPage(read, take, cut ? { open_time: Number(cut[0]), id: fromStored(String(cut[1])) } : null);
}

/**
 * A page by an index for searches: one part of time after the other, latest first, until the page is full. Returns null
 * if the first part has too many sessions with the value: the index does not help there.
 */
async function search(
  connection: Connection,
  index: SearchIndex,
  filter: SessionFilter,
  after: ScanKey | null,
  take: number,
  now: number,
): Promise<Scan | null> {
  const { parts, end } = await partsWith(connection, index, filter, searchBegin(after), now);
  if (parts === null) return null;
  const found = addFilter(new Conditions([numberArray(parts)]), filter, now);
  found.add(`${TIME_PART} = part AND ${index.column} IS NOT NULL`);
  if (after) addAfter(found, after);
  const inPart = `SELECT ${SUMMARY_COLUMNS} FROM sessions ${found.where} ${BY_OPENING} LIMIT ${take + 1}`;
  const rows = await connection.query({
    text: `SELECT found.* FROM unnest($1::bigint[]) AS parts (part) CROSS JOIN LATERAL (${inPart}) AS found LIMIT ${take + 1}`,
    values: found.values,
  });
  return scanPage(rows.map(toSummary), take, end);
}

/** The parts that one page may look at, latest first. */
interface Parts {
  /** Those with sessions that have the searched value; null if the first has too many of them. */
  readonly parts: readonly number[] | null;
  /** The key after the last session of these parts; null if there are no earlier parts. */
  readonly end: ScanKey | null;
}

/** Counts the sessions with a searched value in the parts before `begin`, until they would exceed `SEARCHED_MAX`. */
async function partsWith(
  connection: Connection,
  { name, column }: SearchIndex,
  filter: SessionFilter,
  begin: number,
  now: number,
): Promise<Parts> {
  const searched = addFilter(new Conditions(), { [name]: filter[name] }, now);
  searched.add(`${TIME_PART} = earlier.part AND ${column} IS NOT NULL`);
  const before = `SELECT ${TIME_PART} AS part FROM sessions WHERE ${column} IS NOT NULL AND ${TIME_PART} < parts.part
    ORDER BY ${TIME_PART} DESC LIMIT 1`;
  const counted = `SELECT count(*) FROM (SELECT FROM sessions ${searched.where} LIMIT ${SEARCHED_MAX}) AS matching`;
  const rows = await connection.query({
    text: `WITH RECURSIVE parts AS (SELECT ${begin}::bigint AS part, 0::bigint AS found, 0::bigint AS looked UNION ALL
      SELECT earlier.part, counted.found, looked + counted.found + 1 FROM parts CROSS JOIN LATERAL (${before}) AS earlier
        CROSS JOIN LATERAL (${counted}) AS counted (found) WHERE looked <= ${SEARCHED_MAX})
      SELECT part, found, looked FROM parts`,
    values: searched.values,
  });
  const isCut = Number(rows.at(-1)?.[2]) > SEARCHED_MAX;
  const whole = isCut ? rows.slice(0, -1) : rows;
  if (isCut && whole.length === 1) return { parts: null, end: null };
  const parts = whole.filter(([, found]) => Number(found) > 0).map(([part]) => Number(part));
  return { parts, end: isCut ? keyAfterPart(Number(whole.at(-1)?.[0])) : null };
}

/** Restricts to the sessions after a key. */
function addAfter(conditions: Conditions, { open_time, id }: ScanKey): void {
  conditions.add('open_time <= ? AND (open_time < ? OR id > ?)', open_time, open_time, toStored(id));
}

/** Divides the filter into conditions that an index serves and all others. The values of the others come after. */
function split(filter: SessionFilter, after: ScanKey | null, now: number) {
  const { id, user_id, actor_id, ...rest } = filter;
  const indexed = addFilter(
    new Conditions(),
    {
      ...(id !== undefined && { id }),
      ...(user_id !== undefined && { user_id }),
      ...(actor_id !== undefined && { actor_id }),
    },
    now,
  );
  if (user_id !== undefined && filter.active === true) indexed.add('close_time IS NULL');
  if (after) addAfter(indexed, after);
  return { indexed, others: addFilter(new Conditions(indexed.values), rest, now) };
}
