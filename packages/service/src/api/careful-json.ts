import { isUtf8 } from 'node:buffer';
import { parse as parseCarefully } from 'secure-json-parse';
import { bodyTooLarge, RequestError } from './error-codes.ts';

/** Deeper values are rejected: a recursive reader of the response would exceed its stack. */
export const DEPTH_MAX = 200;

/** The bounds of a JSON value, as documents describe them. */
export const JSON_BOUNDS = `no object may have a property \`__proto__\`; at most ${DEPTH_MAX} levels deep`;

/** Parses JSON that did not arrive as a body, with the same checks. Throws a `RequestError`. */
export function parseBounded(text: string, bytes_max: number): unknown {
  const bytes = Buffer.from(text);
  if (bytes.length > bytes_max) throw bodyTooLarge(bytes_max);
  return parseJson(bytes);
}

/**
 * Parses a body; returns undefined if it is empty. Throws a `RequestError` if it is not JSON, not UTF-8, or nested
 * deeper than `DEPTH_MAX`. It also rejects a property `__proto__`, which careless code would use as a prototype.
 */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw new RequestError('InvalidContent', 'The body is not valid UTF-8.');
  const text = body.toString('utf8');
  // `JSON.parse` rejects a byte order mark, but the careful parser would ignore it.
  if (text.startsWith('\ufeff'))
    throw new RequestError('InvalidContent', 'The body begins with a byte order mark; leave it out.');
  if (isTooDeep(text)) {
    throw new RequestError('InvalidContent', `The body is nested deeper than ${DEPTH_MAX} levels, the maximum.`);
  }
  try {
    // The careful parser takes three times as long as the plain one. Only a body with `__proto__`, plain or escaped,
    // needs it.
    if (!text.includes('__proto__') && !text.includes('\\u')) return JSON.parse(text);
    return parseCarefully(text, undefined, { protoAction: 'error', constructorAction: 'ignore' });
  } catch (error) {
    const { message } = error as Error;
    if (message.includes('forbidden prototype')) {
      throw new RequestError('InvalidContent', 'The body has a property "__proto__", which is not allowed.');
    }
    // The engine's message quotes the body, which may contain secrets.
    const position = /at position \d+/.exec(message)?.[0] ?? 'at an unknown position';
    throw new RequestError('InvalidContent', `The body is not valid JSON: syntax error ${position}.`);
  }
}

export function isTooDeep(text: string): boolean {
  if (hasFewOpenings(text)) return false;
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

/** Whether a text has too few brackets and braces to be too deep, also if none of them is in a string. */
function hasFewOpenings(text: string): boolean {
  let openings = 0;
  for (const opening of ['[', '{']) {
    for (let at = text.indexOf(opening); at !== -1; at = text.indexOf(opening, at + 1)) {
      openings += 1;
      if (openings > DEPTH_MAX) return false;
    }
  }
  return true;
}
