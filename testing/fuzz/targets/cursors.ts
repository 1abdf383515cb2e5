import fc from 'fast-check';
import { cursorOf, parseCursor } from '../../../packages/service/src/api/v2/cursor.ts';
import { SessionsError } from '../../../packages/service/src/domain/errors.ts';
import { ODD_NUMBERS, oddString } from '../inputs/odd-values.ts';
import { checkOf, NO_FIGURES, type OpenTarget, type Target } from '../target.ts';

const time = fc.oneof(fc.nat({ max: Number.MAX_SAFE_INTEGER }).map(String), fc.constantFrom(...ODD_NUMBERS), oddString);
const decoded = fc.tuple(time, fc.constantFrom('.', '.', '.', '', '..'), oddString).map((parts) => parts.join(''));
const encoded = fc
  .tuple(decoded, fc.constantFrom('base64url', 'base64', 'hex'))
  .map(([text, encoding]) => Buffer.from(text).toString(encoding));
const cursors = fc.oneof({ weight: 6, arbitrary: encoded }, { weight: 1, arbitrary: oddString });

/** Cursors of lists. An accepted cursor must be exactly the text that the service writes for its place. */
export const CURSORS: Target = { name: 'cursors', share: 100, missing: null, open };

async function open(): Promise<OpenTarget> {
  return {
    check: checkOf(cursors, assertCursor),
    heapBytes: null,
    figures: async () => NO_FIGURES,
    close: async () => {},
  };
}

function assertCursor(cursor: string): void {
  try {
    const key = parseCursor(cursor);
    if (!Number.isSafeInteger(key.open_time)) throw new Error(`the cursor has the invalid time ${key.open_time}`);
    if (cursorOf(key) !== cursor) throw new Error('two cursors name the same place');
  } catch (error) {
    if (!(error instanceof SessionsError) || error.code !== 'INVALID_DATA') throw error;
  }
}
