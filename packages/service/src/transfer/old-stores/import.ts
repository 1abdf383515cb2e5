import { fromJsonText } from '../../domain/json.ts';
import type { SessionStore } from '../../domain/store.ts';
import { BYTES_MAX, type ImportOptions, INSERTS_MAX } from '../import.ts';
import { InFlight } from '../in-flight.ts';
import { type InsertOptions, insert, RETRY_MS } from '../insert.ts';
import type { Piece } from '../lines.ts';
import { sentence } from '../output.ts';
import { isBlank, parsePiece, piecesOf } from '../pieces.ts';
import { type Converted, type ConvertOptions, converted } from './converted.ts';
import { isObject, OLD_FORMATS, type OldFormatName } from './formats.ts';

/** Number of records between two progress reports. */
const PROGRESS_EVERY = 500;
/** Maximum number of bad records that are reported one by one. */
const REPORTED_MAX = 20;

export interface OldImportCounts {
  /** Sessions of users that were imported. */
  users: number;
  /** Sessions of visitors that were imported. */
  visitors: number;
  /** Sessions that the store already has or had. */
  there_already: number;
  /** Sessions that have expired. */
  expired: number;
  /** Records that are not sessions. */
  bad: number;
}

export interface OldImported extends Readonly<OldImportCounts> {
  /** Null if the whole file was read. All records before `number` are in the store, except bad ones. */
  readonly stopped: { readonly number: number; readonly problem: string } | null;
}

export interface OldImportOptions extends Pick<ImportOptions, 'clock' | 'signal' | 'retry_ms'> {
  readonly format: OldFormatName;
  readonly prefix: string;
  readonly convert: ConvertOptions;
  /** The number of the first record that is read. */
  readonly from: number;
  /** Maximum length of a line, or of an entry of an array. */
  readonly bytes_max: number;
  readonly progress?: (counts: Readonly<OldImportCounts>) => void;
  /** Is called for the first 20 bad records. The message has no data of the record. */
  readonly report?: (message: string) => void;
}

/**
 * Imports the sessions of another store. A session that the store has or had is skipped, so that a second import
 * changes nothing and revives nothing. Bad records are reported, counted and skipped. Stops if the store fails.
 */
export async function importOldSessions(
  store: SessionStore,
  input: AsyncIterable<Buffer>,
  options: OldImportOptions,
): Promise<OldImported> {
  const { format, from, bytes_max, clock, signal, progress, report, retry_ms = RETRY_MS } = options;
  const counts: OldImportCounts = { users: 0, visitors: 0, there_already: 0, expired: 0, bad: 0 };
  const inFlight = new InFlight(INSERTS_MAX, BYTES_MAX);
  let stopped: OldImported['stopped'] = null;
  const stop = (number: number, problem: string) => {
    if (stopped === null || number < stopped.number) stopped = { number, problem };
  };
  let next = 1;
  try {
    const { pieces, word } = await piecesOf(input, OLD_FORMATS[format].form, bytes_max);
    for await (const piece of pieces) {
      const { number } = piece;
      next = number;
      if (signal.aborted) throw signal.reason;
      if (number < from || (word === 'line' && isBlank(piece))) continue;
      const read = attempt(() => convertedPiece(piece, options));
      if (read instanceof Error) {
        counts.bad += 1;
        if (counts.bad <= REPORTED_MAX) report?.(`${word} ${number}: ${sentence(read)}`);
      } else if (read === null) {
        counts.expired += 1;
      } else {
        await inFlight.add(piece.bytes.length, async () => {
          try {
            counts[await insertBoth(store, read, { clock, signal, retry_ms })] += 1;
          } catch (error) {
            stop(number, `${word} ${number} was not imported: ${sentence(error)}`);
          }
        });
      }
      if (stopped !== null) break;
      next = number + 1;
      if (number % PROGRESS_EVERY === 0) progress?.(counts);
    }
  } catch (error) {
    stop(next, signal.aborted ? 'Interrupted.' : sentence(error));
  }
  await inFlight.settled();
  return { ...counts, stopped };
}

function convertedPiece({ bytes }: Piece, { format, prefix, convert }: OldImportOptions): Converted | null {
  const record = parsePiece(bytes);
  if (!isObject(record)) throw new Error('it is not an object');
  return converted(OLD_FORMATS[format].read(record, prefix), convert);
}

function attempt<T>(call: () => T): T | Error {
  try {
    return call();
  } catch (error) {
    return error as Error;
  }
}

/**
 * The session of the user comes first: an entry without it would sign the browser out. If the entry exists and does not
 * name this session, the browser has signed in or out since, and the session is removed again.
 */
async function insertBoth(
  store: SessionStore,
  { entry, sign_in }: Converted,
  options: InsertOptions,
): Promise<'users' | 'visitors' | 'there_already'> {
  const opened = sign_in && (await insert(store, sign_in, options));
  const result = await insert(store, entry, options);
  if (result === 'imported') return sign_in ? 'users' : 'visitors';
  if (!sign_in || opened === 'there_already') return 'there_already';
  const existing = await store.find(entry.id);
  const data = existing?.close_time === null ? fromJsonText(existing.data) : null;
  const place = isObject(data) && isObject(data.sign_in) ? data.sign_in.session_id : null;
  if (place !== sign_in.id) await store.remove(sign_in.id);
  return 'there_already';
}
