import type { PageRequest, Scan, ScanKey, SessionFilter, SessionFilterV1, SessionPage } from '../../../domain/store.ts';
import { type IndexRange, indexRangesOf, SORTED_MAX } from '../../sql/index-ranges.ts';
import { keyAfterPart, SEARCHED_MAX, searchBegin, TIME_PART } from '../../sql/search-columns.ts';
import { type SearchIndex, searchIndexesOf } from '../../sql/search-index.ts';
import type { Connection, Row, Value } from '../connection/connection.ts';
import { COMMIT, inTransaction } from '../connection/transaction.ts';
import { numberArray } from './arrays.ts';
import { addFilter, Conditions, RANGES } from './conditions.ts';
import { fromStored, toStored } from './nul-escaping.ts';
import { LISTED_LAG_MS, SUMMARY_COLUMNS, toSummary, userKey } from './rows.ts';

/** How many sessions one page may look at, so that its time does not grow with the store. */
const SCANNED_MAX = 10_000;

/** Open sessions of a user that are past their deadline. A user has few open sessions. */
export const IS_DUE_OF_USER = 'user_key = $2 AND user_id = $3 AND close_time IS NULL AND deadline <= $1';
const DUE_OF_USER = `SELECT EXISTS (SELECT FROM sessions WHERE ${IS_DUE_OF_USER})`;

const BY_OPENING = 'ORDER BY open_time DESC, id';

/**
 * Runs `read` in one snapshot. It may look at very many rows: it has a longer timeout, and may scan a whole table if it
 * needs all of it.
 */
export function snapshot<T>(connection: Connection, timeout_ms: number, read: () => Promise<T>): Promise<T> {
  const settings = `SET LOCAL statement_timeout = ${timeout_ms}; SET LOCAL enable_seqscan = on`;
  const begin = { text: `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${settings}` };
  return inTransaction(connection, async () => {
    const [, result] = await Promise.all([connection.query(begin), read()]);
    await connection.query(COMMIT);
    return result;
  });
}

export async function list(
  connection: Connection,
  filter: SessionFilterV1,
  { skip, take, total }: PageRequest,
  now: number,
): Promise<SessionPage> {
  const [rows, count] = await Promise.all([
    take > 0 ? pageOf(connection, filter, skip, take, now) : [],
    total ? countMatching(connection, filter, now) : null,
  ]);
  return { sessions: rows.map(toSummary), total: count };
}

export async function countMatching(connection: Connection, filter: SessionFilter, now: number): Promise<number> {
  const { where, values } = addFilter(new Conditions(), filter, now);
  const [row] = await connection.query({ text: `SELECT count(*) FROM sessions ${where}`, values });
  return Number(row?.[0]);
}

/**
 * How many sessions that are due in the index are checked; activity may have moved their deadlines. If all of these
 * were moved, the result is true.
 */
const DUE_LOOKED_AT_MAX = 1_000;
const DUE_OF_ALL = `SELECT count(*) > 0 FROM (SELECT deadline, row_number() OVER () AS number FROM (
    SELECT deadline FROM sessions WHERE close_time IS NULL AND due <= $1 ORDER BY due LIMIT ${DUE_LOOKED_AT_MAX}
  ) AS first) AS looked WHERE deadline <= $1 OR number = ${DUE_LOOKED_AT_MAX}`;

/**
 * Whether an expiry has something to do, for one user or for all. Usually it has not, and one index lookup shows that.
 */
export async function hasDue(connection: Connection, now: number, user_id: string | null): Promise<boolean> {
  const values = user_id === null ? [now] : [now, userKey(user_id), toStored(user_id)];
  const statement =
    user_id === null ? { name: 'has due', text: DUE_OF_ALL } : { name: 'has due of user', text: DUE_OF_USER };
  const [row] = await connection.query({ ...statement, values });
  return row?.[0] === true;
}

/**
 * The page is ordered by `request_time`, but the index has `listed_time`, which lags behind. Let `cut` be the
 * `listed_time` of the n-th entry of the index. The first n entries have a `request_time` of at least `cut`, so the
 * page has that too. In the index, the page's entries are at most the lag before `cut`.
 */
async function pageOf(
  connection: Connection,
  filter: SessionFilterV1,
  skip: number,
  take: number,
  now: number,
): Promise<Row[]> {
  const conditions = addFilter(new Conditions(), filter, now);
  if (filter.id === undefined && filter.user_id === undefined) {
    const { where, values } = conditions;
    const nth = `ORDER BY listed_time DESC LIMIT 1 OFFSET ${skip + take - 1}`;
    const [row] = await connection.query({ text: `SELECT listed_time FROM sessions ${where} ${nth}`, values });
    if (row) {
      const cut = Number(row[0]);
      conditions.add('listed_time >= ? AND request_time >= ?', cut - LISTED_LAG_MS, cut);
    }
  }
  const { where, values } = conditions;
  const order = `ORDER BY request_time DESC, id LIMIT ${take} OFFSET ${skip}`;
  return connection.query({ text: `SELECT ${SUMMARY_COLUMNS} FROM sessions ${where} ${order}`, values });
}

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
  return found;
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
  const sessions = rows.slice(0, take).map(toSummary);
  const last = sessions.at(-1);
  return { sessions, next: rows.length > take && last ? { open_time: last.open_time, id: last.id } : null };
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
  const sessions = rows.slice(0, take).map(toSummary);
  const last = sessions.at(-1);
  if (rows.length > take) return { sessions, next: last ? { open_time: last.open_time, id: last.id } : null };
  const [cut] = await connection.query({
    text: `SELECT open_time, id FROM sessions ${indexed.where} ${BY_OPENING} LIMIT 1 OFFSET ${SCANNED_MAX - 1}`,
    values: indexed.values,
  });
  return { sessions, next: cut ? { open_time: Number(cut[0]), id: fromStored(String(cut[1])) } : null };
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
  const sessions = rows.slice(0, take).map(toSummary);
  const last = sessions.at(-1);
  return { sessions, next: rows.length > take && last ? { open_time: last.open_time, id: last.id } : end };
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
  const { id, user_id, actor_id, opened_after, opened_before, ...rest } = filter;
  const indexed = addFilter(
    new Conditions(),
    {
      ...(id !== undefined && { id }),
      ...(user_id !== undefined && { user_id }),
      ...(actor_id !== undefined && { actor_id }),
      ...(opened_after !== undefined && { opened_after }),
      ...(opened_before !== undefined && { opened_before }),
    },
    now,
  );
  if (user_id !== undefined && filter.active === true) indexed.add('close_time IS NULL');
  if (after) addAfter(indexed, after);
  return { indexed, others: addFilter(new Conditions(indexed.values), rest, now) };
}
