import type { IncomingMessage, ServerResponse } from 'node:http';

/** What browsers may read of an answer beside its body. */
const EXPOSED_HEADERS = ['etag', 'retry-after'];

/** Lets the pages of some origins read the answers (https://fetch.spec.whatwg.org/#http-cors-protocol). */
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
}
