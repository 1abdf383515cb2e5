import type { IncomingMessage, ServerResponse } from 'node:http';
import { NO_SNIFFING } from './media-type.ts';

/** The response headers that pages may read. */
const EXPOSED_HEADERS = ['etag', 'retry-after'];
const METHODS = 'GET, POST, PUT, PATCH, DELETE';

/** Lets the pages of some origins read responses (https://fetch.spec.whatwg.org/#http-cors-protocol). */
export class Cors {
  readonly #origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
  }

  allow({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
    if (this.#origins.size === 0) return;
    response.setHeader('vary', 'Origin');
    if (origin === undefined || !this.#origins.has(origin)) return;
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', EXPOSED_HEADERS.join(', '));
  }

  /** Whether the request is a preflight of a browser for an allowed origin. */
  isPreflight({ method, headers }: IncomingMessage): boolean {
    const { origin, 'access-control-request-method': wanted } = headers;
    return method === 'OPTIONS' && wanted !== undefined && origin !== undefined && this.#origins.has(origin);
  }

  answerPreflight({ headers }: IncomingMessage, response: ServerResponse): void {
    const wanted = headers['access-control-request-headers'];
    response.writeHead(204, {
      ...NO_SNIFFING,
      vary: 'Origin, Access-Control-Request-Headers',
      'access-control-allow-methods': METHODS,
      ...(wanted !== undefined && { 'access-control-allow-headers': wanted }),
    });
    response.end();
  }
}
