import type { IncomingMessage } from 'node:http';
import { bodyTooLarge, type RequestError } from '../../api/error-codes.ts';
import { connectionEnded } from './unfinished-body.ts';

/**
 * Node discards unread bodies, so that another request can follow. The service closes the connection after a larger
 * one.
 */
const DISCARDED_BYTES_MAX = 16_384;

/** Whether the request has a body (RFC 9112, 6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  const { 'transfer-encoding': coding, 'content-length': length } = headers;
  return coding !== undefined || Number(length ?? 0) > 0;
}

/** Whether the unread rest of the body may be too large to discard. */
export function hasLargeUnreadBody(request: IncomingMessage): boolean {
  return !request.complete && isLarge(request);
}

/** Discards an unneeded body. Rejects with a `RequestError` if it is too large. */
export async function discardBody(request: IncomingMessage): Promise<void> {
  if (Number(request.headers['content-length'] ?? 0) > DISCARDED_BYTES_MAX) throw bodyTooLarge(DISCARDED_BYTES_MAX);
  // The length of a chunked body is only known at its end.
  if (isChunked(request)) await readUpTo(request, DISCARDED_BYTES_MAX);
}

/** Whether a chunked body is empty; it then counts as no body. */
export function hasEmptyBody(request: IncomingMessage): Promise<boolean> {
  if (!isChunked(request)) return Promise.resolve(false);
  return readUpTo(request, 0).then(
    () => true,
    (error: RequestError) => {
      if (error.code === 'BODY_TOO_LARGE') return false;
      throw error;
    },
  );
}

function readUpTo(request: IncomingMessage, bytes_max: number): Promise<void> {
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const onData = (piece: Buffer) => {
      bytes += piece.length;
      if (bytes <= bytes_max) return;
      request.off('data', onData);
      reject(bodyTooLarge(bytes_max));
    };
    request.on('data', onData);
    request.once('end', resolve);
    request.once('error', () => reject(connectionEnded()));
  });
}

function isLarge(request: IncomingMessage): boolean {
  return isChunked(request) || Number(request.headers['content-length'] ?? 0) > DISCARDED_BYTES_MAX;
}

function isChunked({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined;
}
