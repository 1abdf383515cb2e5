import { TIME_MAX } from '../api/validation.ts';
import { invalidMember, SessionsError } from '../domain/errors.ts';
import type { Session } from '../domain/session.ts';
import { fromDocument } from './extended-json.ts';
import { HEADER, isHeader } from './header.ts';
import type { Piece } from './lines.ts';
import { isBlank, parsePiece, piecesOf } from './pieces.ts';
import { otherMembers, readStoredSession } from './session-json.ts';

/**
 * The formats that can be imported:
 *
 * - `ndjson`: the output of `export`.
 * - `sessions.json`: the array that the microservice's file store writes.
 * - `mongoexport`: the output of MongoDB's tool for the microservice's collection, as lines or as an array.
 */
export const FORMATS = ['ndjson', 'sessions.json', 'mongoexport'] as const;
export type Format = (typeof FORMATS)[number];

const FORMS = { ndjson: 'lines', 'sessions.json': 'array', mongoexport: 'either' } as const;

/** A session of a file. */
export interface ImportRecord {
  /** The number of the line, or of the entry in an array; the first is 1. */
  readonly number: number;
  /** Like `line 5`. */
  readonly place: string;
  readonly session: Session;
  readonly bytes: number;
  /** Properties of the record that a session does not have. */
  readonly left_out: readonly string[];
}

export interface ReadOptions {
  readonly format: Format;
  /** The number of the first record that is read. */
  readonly from: number;
  /** The idle timeout of sessions that have none in the file. */
  readonly idle_timeout_ms: number;
  /** Maximum length of a line, or of an entry of an array. */
  readonly bytes_max: number;
  readonly now: number;
}

/** An invalid record, at which reading the file stops. */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord';
  readonly number: number;

  constructor(number: number, place: string, cause: Error) {
    super(`${place}: ${cause.message}`, { cause });
    this.number = number;
  }
}

/**
 * Reads the sessions of a file. Throws `UnreadableRecord` at the first invalid record. Errors of the input are passed
 * on.
 */
export async function* readRecords(input: AsyncIterable<Buffer>, options: ReadOptions): AsyncGenerator<ImportRecord> {
  const { format, bytes_max } = options;
  const { pieces, word } = await piecesOf(input, FORMS[format], bytes_max);
  let number = 1;
  try {
    for await (const piece of pieces) {
      number = piece.number;
      const isFirst = options.format === 'ndjson' && number === 1;
      if (isFirst) assertHeader(piece);
      if (!isFirst && number >= options.from && !(word === 'line' && isBlank(piece))) {
        yield { number, place: `${word} ${number}`, bytes: piece.bytes.length, ...read(piece, options) };
      }
      number += 1;
    }
    if (options.format === 'ndjson' && number === 1) throw noHeader();
  } catch (error) {
    throw error instanceof SessionsError ? new UnreadableRecord(number, `${word} ${number}`, error) : error;
  }
}

function read(piece: Piece, { format, idle_timeout_ms, now }: ReadOptions) {
  const parsed = parsePiece(piece.bytes);
  const value = format === 'mongoexport' ? fromDocument(parsed) : parsed;
  const session = readStoredSession(value, format === 'ndjson' ? 'own' : 'microservice', idle_timeout_ms);
  assertTimes(session, now);
  return { session, left_out: otherMembers(value as object).map(([name]) => name) };
}

const TIMES = ['open_time', 'request_time', 'active_until', 'expire_time', 'close_time', 'auth_time'] as const;

/** How far the clock of the source system may be ahead. */
const AHEAD_MS_MAX = 86_400_000;

/**
 * Throws `INVALID_DATA` for a bad time. Cursors do not support times before 1970, and the APIs none after 9999. A store
 * has hourly counts of two days. A session opened in the future would take the place of one of them.
 */
function assertTimes(session: Session, now: number): void {
  for (const member of TIMES) {
    const time = session[member];
    if (time !== null && (time < 0 || time > TIME_MAX))
      throw invalidMember(member, 'must be between the years 1970 and 9999');
  }
  if (session.open_time > now + AHEAD_MS_MAX) throw invalidMember('open_time', 'must not be in the future');
}

function assertHeader(piece: Piece): void {
  if (isHeader(parsePiece(piece.bytes))) return;
  throw noHeader();
}

function noHeader(): SessionsError {
  return new SessionsError('INVALID_DATA', `it must be the header ${HEADER}. For another format use --format.`);
}
