import type { IncomingMessage } from 'node:http';
import { parseJson } from '../../api/careful-json.ts';
import { bodyTooLarge, RequestError } from '../../api/error-codes.ts';
import { connectionEnded, UnfinishedBody } from './unfinished-body.ts';
import { hasBody } from './unread-body.ts';

/** Media types of JSON. A body of another type is ignored (WIRE_V1.md, HTTP). */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i;

/**
 * Reads the body of a request and parses it as JSON. Returns undefined if it is empty or of another content type.
 * Rejects with a `RequestError` if it is larger than `bytes_max` or `parseJson` rejects it.
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
      // Most bodies arrive in one chunk.
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
        resolve(isJson ? parseJson(body) : undefined);
      } catch (error) {
        reject(error);
      }
    });
    request.on('error', () => fail(connectionEnded()));
  });
}

export function isJsonType(type: string): boolean {
  return type === 'application/json' || JSON_TYPE.test(type);
}

const NOTHING = Promise.resolve(undefined);
const EMPTY = Buffer.alloc(0);

function encoded(encoding: string): RequestError {
  return new RequestError(
    'UnsupportedMediaType',
    `Content-Encoding ${encoding} is not supported; send the body without encoding.`,
  );
}
