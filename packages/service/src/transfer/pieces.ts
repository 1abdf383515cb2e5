import { DEPTH_MAX, isTooDeep } from '../api/careful-json.ts';
import { SessionsError } from '../domain/errors.ts';
import { arrayEntries } from './array-entries.ts';
import { lines, type Piece } from './lines.ts';

/** The form of a file: a record a line, an array of records, or either of them, which its first byte shows. */
export type Form = 'lines' | 'array' | 'either';

/** Splits a file into its records. `word` names a record in messages. */
export async function piecesOf(input: AsyncIterable<Buffer>, form: Form, bytes_max: number) {
  const first = form === 'either' ? await firstChunk(input) : null;
  const all = first?.all ?? input;
  const isArray = form === 'array' || first?.chunk?.[0] === 0x5b;
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

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Parses a record. Throws `INVALID_DATA`, with a message that does not quote it. */
export function parsePiece(bytes: Buffer): unknown {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw incomplete();
  }
  return parseText(text);
}

/** Parses JSON of a file. Throws `INVALID_DATA`, with a message that does not quote it. */
export function parseText(text: string): unknown {
  if (isTooDeep(text)) {
    throw new SessionsError('INVALID_DATA', `it is nested deeper than ${DEPTH_MAX} levels, the maximum.`);
  }
  try {
    return JSON.parse(text);
  } catch {
    // The message of the parser quotes the data.
    throw incomplete();
  }
}

function incomplete(): SessionsError {
  return new SessionsError('INVALID_DATA', 'it is not complete JSON.');
}

export function isBlank({ bytes }: Piece): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
}
