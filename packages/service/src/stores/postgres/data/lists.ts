import type { PageRequest, SessionFilter, SessionFilterV1, SessionPage } from '../../../domain/store.ts';
import type { Connection, Row } from '../connection/connection.ts';
import { COMMIT, inTransaction } from '../connection/transaction.ts';
import { addFilter, Conditions } from './conditions.ts';
import { toStored } from './nul-escaping.ts';
import { LISTED_LAG_MS, SUMMARY_COLUMNS, toSummary, userKey } from './rows.ts';

/** Open sessions of a user that are past their deadline. A user has few open sessions. */
export const IS_DUE_OF_USER = 'user_key = $2 AND user_id = $3 AND close_time IS NULL AND deadline <= $1';
const DUE_OF_USER = `SELECT EXISTS (SELECT FROM sessions WHERE ${IS_DUE_OF_USER})`;

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
