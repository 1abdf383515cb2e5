import { SessionsError } from '../domain/errors.ts';

/** A piece of a file that holds one session, with its place in the words of whoever has to find it. */
export interface Piece {
  /** From 1 on. */
  readonly number: number;
  readonly bytes: Buffer;
}

const LINE_FEED = 0x0a;

/**
 * The lines of a stream, without their ends. `node:readline` would not do: it also ends lines at U+2028, which JSON
 * may hold, and knows no bound. Throws `INVALID_DATA` for a line longer than `bytes_max`.
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

/** Throws `INVALID_DATA` for a piece that is too long. */
export function assertLength(length: number, bytes_max: number): void {
  if (length <= bytes_max) return;
  const message = `it is longer than ${bytes_max} bytes: if it is a session, raise SESSIONS_BODY_LIMIT, which bounds it.`;
  throw new SessionsError('INVALID_DATA', message);
}
