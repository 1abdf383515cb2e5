import { isUtf8 } from 'node:buffer';
import { parse as parseCarefully } from 'secure-json-parse';
import { bodyTooLarge, RequestError } from './error-codes.ts';

/** Deeper values are refused: a recursive reader of the answer would run out of stack. */
export const DEPTH_MAX = 200;

/** What is refused of a value, for documents. */
export const JSON_BOUNDS = `no object in it has a member \`__proto__\`, and it is at most ${DEPTH_MAX} levels deep`;

/** The value of a text that did not come as a body, by the same rules. Throws a `RequestError`. */
export function parseBounded(text: string, bytes_max: number): unknown {
  const bytes = Buffer.from(text);
  if (bytes.length > bytes_max) throw bodyTooLarge(bytes_max);
  return parseJson(bytes);
}

/**
 * The value of a JSON text; undefined for an empty one. Throws a `RequestError` for what is not JSON, not UTF-8, nested
 * deeper than `DEPTH_MAX`, or has a member `__proto__`, which a careless reader would take for a prototype.
 */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw new RequestError('InvalidContent', 'The body is not valid UTF-8.');
  const text = body.toString('utf8');
  // Of the two parsers, the careful one would skip it.
  if (text.startsWith('\ufeff')) throw new RequestError('InvalidContent', 'The body begins with a byte order mark.');
  // A value cannot be deeper than half its length: most bodies need no look.
  if (isTooDeep(text)) {
    throw new RequestError('InvalidContent', `The body is nested deeper than ${DEPTH_MAX} levels.`);
  }
  try {
    // The careful parser costs three times the plain one; few texts can hold a `__proto__`, written out or escaped.
    if (!text.includes('__proto__') && !text.includes('\\u')) return JSON.parse(text);
    return parseCarefully(text, undefined, { protoAction: 'error', constructorAction: 'ignore' });
  } catch (error) {
    const { message } = error as Error;
    if (message.includes('forbidden prototype')) {
      throw new RequestError('InvalidContent', 'The body has a member __proto__, which is not accepted.');
    }
    // The engine's message quotes the body, which may hold what no log should.
    const position = /at position \d+/.exec(message)?.[0] ?? 'somewhere';
    throw new RequestError('InvalidContent', `The body is not valid JSON: it breaks ${position}.`);
  }
}

export function isTooDeep(text: string): boolean {
  // A value cannot be deeper than half its length: most texts need no look.
  if (text.length <= 2 * DEPTH_MAX) return false;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (inString) {
      if (char === '\\') index += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') {
      inString = true;
    } else if (char === '[' || char === '{') {
      depth += 1;
      if (depth > DEPTH_MAX) return true;
    } else if (char === ']' || char === '}') {
      depth -= 1;
    }
  }
  return false;
}
