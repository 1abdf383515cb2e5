import { asJsonText, type JsonText } from '../../domain/json.ts';
import { type Codec, compileReader, compileWriter } from '../../domain/member-codec.ts';
import { LISTED, MEMBERS, memberNames, UNLISTED } from '../../domain/members.ts';
import { deadline, type Session, type SessionSummary } from '../../domain/session.ts';
import { KEY_COLUMNS, SEARCH_KEYS } from '../sql/search-columns.ts';
import { methodsFrom, methodsText, tokenFrom, tokenText } from '../sql/session-columns.ts';
import type { Row } from './connection.ts';
import { DamagedRow } from './faults.ts';

type Cell = Row[number];

/** Stored so that liveness is one comparison in every statement. */
const DEADLINE = 'deadline';
const SUMMARY_PLACES = [...LISTED, DEADLINE];
/** The column of each position of a row. */
const PLACES = [...SUMMARY_PLACES, ...UNLISTED];

export const SUMMARY_COLUMNS = SUMMARY_PLACES.join(', ');
export const COLUMNS = PLACES.join(', ');

const UPDATED = [...memberNames(({ changes }) => changes === 'often'), DEADLINE];
const AMENDED = memberNames(({ changes }) => changes === 'by_amendment');

export const SELECT_SESSION = `SELECT ${COLUMNS} FROM sessions WHERE id = ?`;
export const SELECT_SUMMARIES = `SELECT ${SUMMARY_COLUMNS} FROM sessions`;
/** Binds a row, its `keysOf`, and its part of time (`write/search-parts.ts`). */
export const INSERT_SESSION = insertion([...PLACES, ...KEY_COLUMNS, 'search_part']);
export const DELETE_SESSION = 'DELETE FROM sessions WHERE id = ?';
/** Binds the columns that change often, and the id. */
export const UPDATE_SESSION = `UPDATE sessions SET ${assignments(UPDATED)} WHERE id = ?`;
/** Binds the columns that only an amendment changes, and the id. */
export const AMEND_SESSION = `UPDATE sessions SET ${assignments([...AMENDED, ...KEY_COLUMNS])} WHERE id = ?`;

function insertion(names: readonly string[]): string {
  return `INSERT INTO sessions (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
}

function assignments(names: readonly string[]): string {
  return names.map((name) => `${name} = ?`).join(', ');
}

/** The position of a property in a row of `COLUMNS`. */
export function placeOf(name: keyof Session): number {
  return PLACES.indexOf(name);
}

const AS_IT_IS = { text: null, time: null, duration: null, integer: null, reason: null };
const TO_CELL: Codec<never, Cell> = { ...AS_IT_IS, texts: methodsText, json: null, token: tokenText };
const FROM_CELL: Codec<Cell, unknown> = {
  ...AS_IT_IS,
  texts: (cell: Cell) => parsed(cell as string | null, methodsFrom),
  json: (cell: Cell) => jsonOf(cell as string | null),
  token: (cell: Cell) => parsed(cell as string | null, tokenFrom),
};

export const toRow: (session: Session) => Row = compileWriter(PLACES, TO_CELL, { deadline });
export const toUpdate: (session: Session) => Row = compileWriter([...UPDATED, 'id'], TO_CELL, { deadline });
export const toAmendment: (session: Session) => Row = compileWriter(
  [...AMENDED, ...KEY_COLUMNS, 'id'],
  TO_CELL,
  SEARCH_KEYS,
);

const readSummary = compileReader(SUMMARY_PLACES, FROM_CELL) as (row: Row) => SessionSummary;
const readSession = compileReader(PLACES, FROM_CELL) as (row: Row) => Session;

const USER_NAME = placeOf('user_name');
const ADDRESS = placeOf('address');
const CLIENT = placeOf('client');
const textAt = (row: Row, place: number) => row[place] as string | null;

/** The cells of `KEY_COLUMNS` for a row. */
export function keysOf(row: Row): Row {
  const named = { user_name: textAt(row, USER_NAME), address: textAt(row, ADDRESS), client: textAt(row, CLIENT) };
  return KEY_COLUMNS.map((name) => SEARCH_KEYS[name](named));
}

/** Throws `DamagedRow`. */
export function toSummary(row: Row): SessionSummary {
  assertSound(row);
  return readSummary(row);
}

/** Throws `DamagedRow`. */
export function toSession(row: Row): Session {
  assertSound(row);
  return readSession(row);
}

/**
 * SQLite detects only damage to its own structures. This checks the columns that are never null, and the two that are
 * null only together.
 */
function assertSound(row: Row): void {
  if (!isSound(row)) throw new DamagedRow('a session has a column without its value');
}

const isSound: (row: Row) => boolean = compileCheck();

function compileCheck(): (row: Row) => boolean {
  const required = SUMMARY_PLACES.flatMap((name, place) => {
    const type = name === DEADLINE ? 'number' : requiredType(name as keyof SessionSummary);
    return type === null ? [] : `typeof row[${place}] === '${type}'`;
  });
  const isNull = (name: keyof Session) => `row[${placeOf(name)}] === null`;
  const together = `(${isNull('close_time')}) === (${isNull('close_reason')})`;
  return new Function(`return (row) => ${[...required, together].join(' && ')};`)();
}

/** The type of a column that is never null; null for other columns. An empty list of methods is stored as null. */
function requiredType(name: keyof SessionSummary): 'string' | 'number' | null {
  const { kind, isNullable } = MEMBERS[name];
  if (isNullable || kind === 'texts') return null;
  return kind === 'text' ? 'string' : 'number';
}

function parsed<T>(text: string | null, parse: (text: string | null) => T): T {
  try {
    return parse(text);
  } catch {
    throw new DamagedRow('a session has a column that is not JSON');
  }
}

/**
 * Most damage to a long text is damage to a page with nothing else on it, which SQLite does not check. Then its bytes
 * are zeros or not valid UTF-8, so only a text with such a character is parsed.
 */
function jsonOf(text: string | null): JsonText | null {
  if (text === null) return null;
  if (text.includes(REPLACEMENT) || text.includes(NUL)) parsed(text, (json) => JSON.parse(String(json)));
  return asJsonText(text);
}

/** The replacement character that a decoder inserts for bytes that are not valid UTF-8. */
const REPLACEMENT = '\ufffd';
const NUL = '\0';
