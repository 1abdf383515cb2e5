import { DEPTH_MAX, isTooDeep } from '../api/careful-json.ts';
import { TIME_MAX } from '../api/validation.ts';
import { invalidMember, SessionsError } from '../domain/errors.ts';
import type { Session } from '../domain/session.ts';
import { arrayEntries } from './array-entries.ts';
import { fromDocument } from './extended-json.ts';
import { HEADER, isHeader } from './header.ts';
import { lines, type Piece } from './lines.ts';
import { otherMembers, readStoredSession } from './session-json.ts';

/**
 * The formats that can be imported:
 *
 * - `ndjson`: the output of `export`.
 * - `sessions.json`: the array that the microservice's file store writes.
 * - `mongoexport`: the microservice's collection in the output of MongoDB's tool, as lines or as an array.
 */
export const FORMATS = ['ndjson', 'sessions.json', 'mongoexport'] as const;
export type Format = (typeof FORMATS)[number];

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
  const { pieces, word } = await split(input, options);
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

async function split(input: AsyncIterable<Buffer>, { format, bytes_max }: ReadOptions) {
  const first = format === 'mongoexport' ? await firstChunk(input) : null;
  const all = first?.all ?? input;
  const isArray = format === 'sessions.json' || first?.chunk?.[0] === 0x5b;
  return isArray
    ? { pieces: arrayEntries(all, bytes_max), word: 'entry' }
    : { pieces: lines(all, bytes_max), word: 'line' };
}

/** Returns the first chunk of a stream, and a stream that begins with this chunk. */
async function firstChunk(input: AsyncIterable<Buffer>) {
  const chunks = input[Symbol.asyncIterator]();
  const { value, done } = await chunks.next();
  async function* all(): AsyncGenerator<Buffer> {
    if (!done) yield value;
    yield* { [Symbol.asyncIterator]: () => chunks };
  }
  return { chunk: done ? null : value, all: all() };
}

function read(piece: Piece, { format, idle_timeout_ms, now }: ReadOptions) {
  const parsed = parse(piece);
  const value = format === 'mongoexport' ? fromDocument(parsed) : parsed;
  const session = readStoredSession(value, format === 'ndjson' ? 'own' : 'microservice', idle_timeout_ms);
  assertTimes(session, now);
  return { session, left_out: otherMembers(value as object).map(([name]) => name) };
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function parse({ bytes }: Piece): unknown {
  try {
    const text = decoder.decode(bytes);
    if (isTooDeep(text))
      throw new SessionsError('INVALID_DATA', `it is nested deeper than ${DEPTH_MAX} levels, the maximum.`);
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SessionsError) throw error;
    // The message of the parser quotes the data.
    throw new SessionsError('INVALID_DATA', 'it is not complete JSON.');
  }
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
  if (isHeader(parse(piece))) return;
  throw noHeader();
}

function noHeader(): SessionsError {
  return new SessionsError('INVALID_DATA', `it must be the header ${HEADER}. For another format use --format.`);
}

function isBlank({ bytes }: Piece): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
}
