import { hash } from 'node:crypto';
import { type Codec, compileReader } from '../../../domain/member-codec.ts';
import { LISTED, UNLISTED } from '../../../domain/members.ts';
import { deadline, type Session, type SessionSummary } from '../../../domain/session.ts';
import { methodsFrom, tokenFrom } from '../../sql/session-columns.ts';
import type { Row, Value } from '../connection/connection.ts';
import { fromStoredOrNull } from './nul-escaping.ts';

/**
 * How far `listed_time`, which is indexed, may lag behind `request_time`, which is not. An update that changes no
 * indexed column writes no index (heap-only tuples). Touches come at most once a minute: with a lag of fifteen minutes,
 * fourteen of fifteen touches write no index.
 */
export const LISTED_LAG_MS = 900_000;

/** The column of each position of a row. */
const PLACES = [...LISTED, ...UNLISTED];
export const SUMMARY_COLUMNS = LISTED.join(', ');
export const COLUMNS = PLACES.map(sqlName).join(', ');
/** The columns that an update needs beside those of the session; they come after `COLUMNS`. */
export const STORED_ONLY = 'due, listed_time';

/** A session and the columns of its row that exist for indexes. Each is never later than the value it stands for. */
export interface Stored {
  readonly session: Session;
  /** Stands for `deadline()`, which activity moves. The sweep looks at the session at this moment. */
  readonly due: number;
  /** Stands for `request_time`. */
  readonly listed_time: number;
}

export function toStoredSession(row: Row): Stored {
  return { session: toSession(row), due: row[PLACES.length] as number, listed_time: row[PLACES.length + 1] as number };
}

const FROM_CELL: Codec<Value, unknown> = {
  text: (cell) => fromStoredOrNull(cell as string | null),
  time: null,
  duration: null,
  integer: null,
  reason: null,
  texts: (cell) => methodsFrom(cell as string | null),
  json: null,
  token: (cell) => tokenFrom(cell as string | null),
};

export const toSummary = compileReader(LISTED, FROM_CELL) as (row: Row) => SessionSummary;
export const toSession = compileReader(PLACES, FROM_CELL) as (row: Row) => Session;

/** `user` is a reserved word in SQL. */
export function sqlName(name: string): string {
  return name === 'user' ? '"user"' : name;
}

/** The row of a new session. */
export function newlyStored(session: Session): Stored {
  return { session, due: deadline(session), listed_time: session.request_time };
}

/**
 * The row after a change. `due` stays the same unless the deadline is earlier, so that activity writes no index: the
 * sweep moves it.
 */
export function changedStored({ due, listed_time }: Stored, session: Session): Stored {
  const lags = session.request_time - listed_time > LISTED_LAG_MS;
  return { session, due: Math.min(due, deadline(session)), listed_time: lags ? session.request_time : listed_time };
}

/**
 * Stands for the user id in indexes and locks. User ids may be longer than an index allows, and this key has a quarter
 * of the usual length. It has as many bits of SHA-256 as a number holds exactly. If two users have the same key,
 * queries compare the id too.
 */
export function userKey(user_id: string): number {
  return Number.parseInt(hash('sha256', user_id, 'hex').slice(0, 13), 16);
}
