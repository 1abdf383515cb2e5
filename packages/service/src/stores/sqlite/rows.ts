import { asJsonText } from '../../domain/json.ts';
import { type CloseReason, deadline, type Session, type SessionSummary } from '../../domain/session.ts';
import type { Row } from './connection.ts';

const SUMMARY_COLUMNS =
  'id, user_id, user_name, address, client, open_time, request_time, idle_timeout_ms, expire_time, deadline, close_time, close_reason, revision';
const COLUMNS = `${SUMMARY_COLUMNS}, user, data`;

export const SELECT_SESSION = `SELECT ${COLUMNS} FROM sessions WHERE id = ?`;
export const SELECT_SUMMARIES = `SELECT ${SUMMARY_COLUMNS} FROM sessions`;
export const SELECT_DUE = `SELECT ${COLUMNS} FROM sessions WHERE close_time IS NULL AND deadline <= ? ORDER BY deadline LIMIT ?`;
export const INSERT_SESSION = `INSERT INTO sessions (${COLUMNS}) VALUES (${COLUMNS.replace(/\w+/g, '?')})`;
export const DELETE_SESSION = 'DELETE FROM sessions WHERE id = ?';
/** Binds what can change, and the id. */
export const UPDATE_SESSION =
  'UPDATE sessions SET request_time = ?, deadline = ?, close_time = ?, close_reason = ?, revision = ?, user = ?, data = ? WHERE id = ?';

export function toRow(s: Session): Row {
  const { id, user_id, user_name, address, client, open_time, request_time, idle_timeout_ms, expire_time } = s;
  const fixed = [id, user_id, user_name, address, client, open_time, request_time, idle_timeout_ms, expire_time];
  return [...fixed, deadline(s), s.close_time, s.close_reason, s.revision, s.user, s.data];
}

export function toUpdate(s: Session): Row {
  return [s.request_time, deadline(s), s.close_time, s.close_reason, s.revision, s.user, s.data, s.id];
}

export function toSummary(row: Row): SessionSummary {
  return {
    id: row[0] as string,
    user_id: row[1] as string,
    user_name: row[2] as string | null,
    address: row[3] as string | null,
    client: row[4] as string | null,
    open_time: row[5] as number,
    request_time: row[6] as number,
    idle_timeout_ms: row[7] as number,
    expire_time: row[8] as number | null,
    close_time: row[10] as number | null,
    close_reason: row[11] as CloseReason | null,
    revision: row[12] as number,
  };
}

export function toSession(row: Row): Session {
  const user = row[13] as string | null;
  const data = row[14] as string | null;
  return {
    ...toSummary(row),
    user: user === null ? null : asJsonText(user),
    data: data === null ? null : asJsonText(data),
  };
}
