import { SessionsError } from '../domain/errors.ts';

/** The part of a file with one session, and the number of its line or entry. */
export interface Piece {
  /** The first is 1. */
  readonly number: number;
  readonly bytes: Buffer;
}

const LINE_FEED = 0x0a;

/**
 * Yields the lines of a stream without their line feeds. Throws `INVALID_DATA` for a line longer than `bytes_max`.
 * `node:readline` is not used: it also ends lines at U+2028, which JSON may contain, and it has no maximum length.
 */
export async function* lines(input: AsyncIterable<Buffer>, bytes_max: number): AsyncGenerator<Piece> {
  let number = 1;
  let begun: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      const rest = chunk.subarray(start, end);
      assertLength(length + rest.length, bytes_max);
      yield { number, bytes: length === 0 ? rest : Buffer.concat([...begun, rest]) };
      begun = [];
      length = 0;
      number += 1;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    begun.push(chunk.subarray(start));
    length += chunk.length - start;
    assertLength(length, bytes_max);
  }
  if (length > 0) yield { number, bytes: Buffer.concat(begun) };
}

/** Throws `INVALID_DATA` for a line or entry that is too long. */
export function assertLength(length: number, bytes_max: number): void {
  if (length <= bytes_max) return;
  const message = `it is longer than ${bytes_max} bytes. If it is a session, increase SESSIONS_BODY_LIMIT.`;
  throw new SessionsError('INVALID_DATA', message);
}
