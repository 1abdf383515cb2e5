import type { IncomingMessage } from 'node:http';
import { bodyTooLarge } from './unfinished-body.ts';

/** Node discards bodies that nothing reads, so that another request can follow. A larger one ends its connection. */
const DISCARDED_BYTES_MAX = 16_384;

/** Whether the request has a body (RFC 9112, 6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  const { 'transfer-encoding': coding, 'content-length': length } = headers;
  return coding !== undefined || (length !== undefined && length !== '0');
}

/** Whether more of its body may come than is worth discarding. */
export function hasLargeUnreadBody(request: IncomingMessage): boolean {
  return !request.complete && isLarge(request);
}

/** Throws `BODY_TOO_LARGE` where a request that needs no body has one that nobody will read. */
export function assertNoLargeBody(request: IncomingMessage): void {
  if (isLarge(request)) throw bodyTooLarge(DISCARDED_BYTES_MAX);
}

function isLarge({ headers }: IncomingMessage): boolean {
  const { 'transfer-encoding': coding, 'content-length': length } = headers;
  return coding !== undefined || Number(length ?? 0) > DISCARDED_BYTES_MAX;
}
