import { SessionsError } from '../domain/errors.ts';
import { assertLength, type Piece } from './lines.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;
const BRACE = 0x7b;
const BRACE_END = 0x7d;

/**
 * Yields the entries of a JSON array one by one: an array of any length takes the memory of one entry. It only finds
 * the ends of the entries; `JSON.parse` checks their content. Throws `INVALID_DATA` for an entry longer than
 * `bytes_max`, and if the input is not an array.
 */
export async function* arrayEntries(input: AsyncIterable<Buffer>, bytes_max: number): AsyncGenerator<Piece> {
  let number = 1;
  /** The number of open brackets and braces, including the bracket of the array. */
  let depth = 0;
  let inString = false;
  let escaped = false;
  let ended = false;
  let begun: Buffer[] = [];
  let length = 0;

  for await (const chunk of input) {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
        continue;
      }
      if (ended || depth === 0) {
        if (isSpace(byte)) continue;
        if (ended) throw noArray('unexpected data after the end of the array');
        if (byte !== BRACKET) throw noArray('the file must contain an array of sessions');
        depth = 1;
        start = at + 1;
        continue;
      }
      if (byte === QUOTE) inString = true;
      else if (byte === BRACKET || byte === BRACE) depth += 1;
      else if (byte === BRACKET_END || byte === BRACE_END) depth -= 1;
      ended = depth === 0;
      if (!ended && !(byte === COMMA && depth === 1)) continue;
      const bytes = Buffer.concat([...begun, chunk.subarray(start, at)]);
      assertLength(bytes.length, bytes_max);
      // An empty array has one piece of whitespace, which is not an entry.
      if (!ended || number > 1 || !bytes.every(isSpace)) yield { number, bytes };
      begun = [];
      length = 0;
      number += 1;
      start = at + 1;
    }
    if (depth === 0) continue;
    begun.push(chunk.subarray(start));
    length += chunk.length - start;
    assertLength(length, bytes_max);
  }
  if (depth > 0) throw noArray('the file ends before its array is closed');
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

function noArray(problem: string): SessionsError {
  return new SessionsError('INVALID_DATA', `${problem}.`);
}
