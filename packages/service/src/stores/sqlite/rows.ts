import { asJsonText, type JsonText } from '../../domain/json.ts';
import { type CloseReason, deadline, type Session, type SessionSummary } from '../../domain/session.ts';
import { methodsFrom, methodsText, tokenFrom, tokenText } from '../sql/session-columns.ts';
import type { Row } from './connection.ts';
import { DamagedRow } from './faults.ts';

export const SUMMARY_COLUMNS =
  'id, user_id, user_name, address, client, open_time, request_time, active_until, idle_timeout_ms, expire_time, deadline, close_time, close_reason, revision, auth_time, auth_methods, auth_level';
export const COLUMNS = `${SUMMARY_COLUMNS}, token, user, data`;

export const SELECT_SESSION = `SELECT ${COLUMNS} FROM sessions WHERE id = ?`;
export const SELECT_SUMMARIES = `SELECT ${SUMMARY_COLUMNS} FROM sessions`;
export const INSERT_SESSION = `INSERT INTO sessions (${COLUMNS}) VALUES (${COLUMNS.replace(/\w+/g, '?')})`;
export const DELETE_SESSION = 'DELETE FROM sessions WHERE id = ?';
/** Binds what can change, and the id. */
export const UPDATE_SESSION =
  'UPDATE sessions SET request_time = ?, active_until = ?, deadline = ?, close_time = ?, close_reason = ?, revision = ?, auth_time = ?, auth_methods = ?, auth_level = ?, token = ?, user = ?, data = ? WHERE id = ?';

/** What only an amendment changes, and the id. */
export const AMEND_SESSION =
  'UPDATE sessions SET user_name = ?, address = ?, client = ?, idle_timeout_ms = ?, expire_time = ? WHERE id = ?';

export function toAmendment(s: Session): Row {
  return [s.user_name, s.address, s.client, s.idle_timeout_ms, s.expire_time, s.id];
}

export function toRow(s: Session): Row {
  // biome-ignore format: as COLUMNS has them
  return [
    s.id, s.user_id, s.user_name, s.address, s.client, s.open_time, s.request_time, s.active_until, s.idle_timeout_ms,
    s.expire_time, deadline(s), s.close_time, s.close_reason, s.revision, s.auth_time, methodsText(s), s.auth_level,
    tokenText(s), s.user, s.data,
  ];
}

export function toUpdate(s: Session): Row {
  // biome-ignore format: as UPDATE_SESSION binds them
  return [
    s.request_time, s.active_until, deadline(s), s.close_time, s.close_reason, s.revision, s.auth_time, methodsText(s),
    s.auth_level, tokenText(s), s.user, s.data, s.id,
  ];
}

/** Throws `DamagedRow`. */
export function toSummary(row: Row): SessionSummary {
  assertSound(row);
  return {
    id: row[0] as string,
    user_id: row[1] as string,
    user_name: row[2] as string | null,
    address: row[3] as string | null,
    client: row[4] as string | null,
    open_time: row[5] as number,
    request_time: row[6] as number,
    active_until: row[7] as number,
    idle_timeout_ms: row[8] as number,
    expire_time: row[9] as number | null,
    close_time: row[11] as number | null,
    close_reason: row[12] as CloseReason | null,
    revision: row[13] as number,
    auth_time: row[14] as number,
    auth_methods: parsed(row[15] as string | null, methodsFrom),
    auth_level: row[16] as number | null,
  };
}

/** Throws `DamagedRow`. */
export function toSession(row: Row): Session {
  return {
    ...toSummary(row),
    token: parsed(row[17] as string | null, tokenFrom),
    user: jsonOf(row[18] as string | null),
    data: jsonOf(row[19] as string | null),
  };
}

/** SQLite notices damage to its own structure only. These columns are never null, and two of them only together. */
function assertSound(row: Row): void {
  const isSound =
    typeof row[0] === 'string' &&
    typeof row[1] === 'string' &&
    typeof row[5] === 'number' &&
    typeof row[6] === 'number' &&
    typeof row[7] === 'number' &&
    typeof row[8] === 'number' &&
    typeof row[10] === 'number' &&
    typeof row[13] === 'number' &&
    typeof row[14] === 'number' &&
    (row[11] === null) === (row[12] === null);
  if (!isSound) throw new DamagedRow('a session has a column without its value');
}

function parsed<T>(text: string | null, parse: (text: string | null) => T): T {
  try {
    return parse(text);
  } catch {
    throw new DamagedRow('a session has a column that is no JSON');
  }
}

/**
 * Most damage to a long text is damage to a page that holds nothing else, which SQLite does not look into. Its bytes are
 * no UTF-8 then, or zeros: only a text with such a character is parsed.
 */
function jsonOf(text: string | null): JsonText | null {
  if (text === null) return null;
  if (text.includes(REPLACEMENT) || text.includes(NUL)) parsed(text, (json) => JSON.parse(String(json)));
  return asJsonText(text);
}

/** What a decoder puts in place of bytes that are no UTF-8. */
const REPLACEMENT = '\ufffd';
const NUL = '\0';
