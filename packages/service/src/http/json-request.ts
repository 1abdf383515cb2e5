import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { parse as parseCarefully } from 'secure-json-parse';
import { RequestError } from './error-map.ts';
import { bodyTooLarge, UnfinishedBody } from './unfinished-body.ts';
import { hasBody } from './unread-body.ts';

/** Deeper values are refused: a recursive reader of the answer would run out of stack. */
const DEPTH_MAX = 200;

/** JSON by any of its names; a body of another type counts as none (WIRE_V1.md, HTTP). */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i;

/**
 * The JSON value of a request's body; undefined for an empty body and for one of another content type. Rejects with a
 * `RequestError` what is larger than `bytes_max`, not JSON, not UTF-8, nested deeper than `DEPTH_MAX`, or has a member
 * `__proto__`, which a careless reader would take for a prototype.
 */
export function readJson(request: IncomingMessage, bytes_max: number): Promise<unknown> {
  const { 'content-type': type, 'content-encoding': encoding, 'content-length': length } = request.headers;
  const isJson = type !== undefined && isJsonType(type);
  if (!isJson && !hasBody(request)) return NOTHING;
  if (isJson && encoding !== undefined && encoding !== 'identity') return Promise.reject(encoded(encoding));
  const bytes = Number(length);
  if (bytes > bytes_max) return Promise.reject(bodyTooLarge(bytes_max));
  return new Promise((resolve, reject) => {
    let whole: Buffer | null = null;
    let unfinished: UnfinishedBody | null = null;
    const fail = (error: unknown) => {
      unfinished?.forget();
      request.removeAllListeners('data');
      reject(error);
    };
    request.on('data', (piece: Buffer) => {
      // Most bodies come in one piece.
      if (piece.length === bytes) whole = piece;
      else {
        try {
          unfinished ??= new UnfinishedBody(request, bytes_max);
          unfinished.add(piece);
        } catch (error) {
          fail(error);
        }
      }
    });
    request.on('end', () => {
      try {
        const body = whole ?? unfinished?.finish() ?? EMPTY;
        resolve(isJson ? parse(body) : undefined);
      } catch (error) {
        reject(error);
      }
    });
    request.on('error', () => fail(new RequestError('InvalidContent', 'The connection ended before the body did.')));
  });
}

export function isJsonType(type: string): boolean {
  return type === 'application/json' || JSON_TYPE.test(type);
}

const NOTHING = Promise.resolve(undefined);
const EMPTY = Buffer.alloc(0);

function parse(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw new RequestError('InvalidContent', 'The body is not valid UTF-8.');
  const text = body.toString('utf8');
  // A value cannot be deeper than half its length: most bodies need no look.
  if (text.length > 2 * DEPTH_MAX && isTooDeep(text)) {
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

function encoded(encoding: string): RequestError {
  return new RequestError(
    'UnsupportedMediaType',
    `Content-Encoding ${encoding} is not accepted; send the body as it is.`,
  );
}

function isTooDeep(text: string): boolean {
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
