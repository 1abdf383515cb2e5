import { hash } from 'node:crypto';
import { type Codec, compileReader } from '../../../domain/member-codec.ts';
import { LISTED, UNLISTED } from '../../../domain/members.ts';
import { deadline, type Session, type SessionSummary } from '../../../domain/session.ts';
import { methodsFrom, tokenFrom } from '../../sql/session-columns.ts';
import type { Row, Value } from '../connection/connection.ts';
import { fromStoredOrNull } from './nul-escaping.ts';

/**
 * How far `listed_time`, which has an index, may lag behind `request_time`, which has none. An update that changes no
 * indexed column writes no index (heap-only tuples), and touches come once a minute at most: at fifteen minutes fourteen
 * of fifteen write none.
 */
export const LISTED_LAG_MS = 900_000;

/** What each place of a row has. */
const PLACES = [...LISTED, ...UNLISTED];
export const SUMMARY_COLUMNS = LISTED.join(', ');
export const COLUMNS = PLACES.map(sqlName).join(', ');
/** What an update must know of a row beside its session; after `COLUMNS`. */
export const STORED_ONLY = 'due, listed_time';

/** A session and what its row has for the indexes' sake, each never later than what it stands for. */
export interface Stored {
  readonly session: Session;
  /** For `deadline()`, which activity moves on. The sweep looks at it then. */
  readonly due: number;
  /** For `request_time`. */
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

/** `user` is a word of SQL. */
export function sqlName(name: string): string {
  return name === 'user' ? '"user"' : name;
}

/** What the row of a new session has for the indexes' sake. */
export function newlyStored(session: Session): Stored {
  return { session, due: deadline(session), listed_time: session.request_time };
}

/** The same after a change. `due` stays, so that activity writes no index: the sweep moves it. It is never later. */
export function changedStored({ due, listed_time }: Stored, session: Session): Stored {
  const lags = session.request_time - listed_time > LISTED_LAG_MS;
  return { session, due: Math.min(due, deadline(session)), listed_time: lags ? session.request_time : listed_time };
}

/**
 * What indexes and locks know a user by: user ids may be longer than an index takes, and this is a quarter of a usual
 * one. As many bits of SHA-256 as a number holds exactly; where two users have the same, the id itself tells.
 */
export function userKey(user_id: string): number {
  return Number.parseInt(hash('sha256', user_id, 'hex').slice(0, 13), 16);
}
