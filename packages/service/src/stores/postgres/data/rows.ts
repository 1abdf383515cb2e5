import { hash } from 'node:crypto';
import type { JsonText } from '../../../domain/json.ts';
import { type CloseReason, deadline, type Session, type SessionSummary } from '../../../domain/session.ts';
import { methodsFrom, tokenFrom } from '../../sql/session-columns.ts';
import type { Row } from '../connection/connection.ts';
import { fromStored, fromStoredOrNull } from './nul-escaping.ts';

/**
 * How far `listed_time`, which has an index, may lag behind `request_time`, which has none. An update that changes no
 * indexed column writes no index (heap-only tuples), and touches come once a minute at most: at fifteen minutes fourteen
 * of fifteen write none.
 */
export const LISTED_LAG_MS = 900_000;

export const SUMMARY_COLUMNS =
  'id, user_id, user_name, address, client, open_time, request_time, active_until, idle_timeout_ms, expire_time, close_time, close_reason, revision, auth_time, auth_methods, auth_level';
export const COLUMNS = `${SUMMARY_COLUMNS}, token, "user", data`;
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
  return { session: toSession(row), due: row[19] as number, listed_time: row[20] as number };
}

export function toSummary(row: Row): SessionSummary {
  return {
    id: fromStored(row[0] as string),
    user_id: fromStored(row[1] as string),
    user_name: fromStoredOrNull(row[2] as string | null),
    address: fromStoredOrNull(row[3] as string | null),
    client: fromStoredOrNull(row[4] as string | null),
    open_time: row[5] as number,
    request_time: row[6] as number,
    active_until: row[7] as number,
    idle_timeout_ms: row[8] as number,
    expire_time: row[9] as number | null,
    close_time: row[10] as number | null,
    close_reason: row[11] as CloseReason | null,
    revision: row[12] as number,
    auth_time: row[13] as number,
    auth_methods: methodsFrom(row[14] as string | null),
    auth_level: row[15] as number | null,
  };
}

export function toSession(row: Row): Session {
  return Object.assign(toSummary(row), {
    token: tokenFrom(row[16] as string | null),
    user: row[17] as JsonText | null,
    data: row[18] as JsonText | null,
  });
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
