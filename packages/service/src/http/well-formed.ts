import type { IncomingMessage } from 'node:http';
import { RequestError } from '../api/error-codes.ts';

/** The number of headers is limited because many small headers take far more memory than their text. */
const HEADERS_MAX = 100;

/** Throws a `RequestError` for a request that servers and proxies may interpret differently. */
export function assertWellFormed({ headers, rawHeaders, httpVersionMinor }: IncomingMessage): void {
  const { host } = headers;
  // RFC 9112, 3.2. Node joins several Host headers with a space.
  if (host === undefined ? httpVersionMinor > 0 : host.includes(' ')) {
    throw new RequestError('InvalidRequest', 'The request must have exactly one Host header.');
  }
  if (rawHeaders.length > 2 * HEADERS_MAX) {
    throw new RequestError('HEADERS_TOO_LARGE', `The request has more than ${HEADERS_MAX} headers.`);
  }
}
