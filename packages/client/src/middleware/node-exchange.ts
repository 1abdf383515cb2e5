import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CookieForm, withCookie } from './cookies.ts';
import type { Exchange } from './exchange.ts';
import { enforceNoStore } from './node-no-store.ts';

/** Of Node's own request and response. Made for each request, so it looks at nothing before it is asked. */
export class NodeExchange implements Exchange {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #cookie: CookieForm;

  constructor(req: IncomingMessage, res: ServerResponse, cookie: CookieForm) {
    this.#req = req;
    this.#res = res;
    this.#cookie = cookie;
  }

  get method(): string {
    return this.#req.method ?? '';
  }

  get host(): string | null {
    return this.header(':authority') ?? this.header('host');
  }

  header(name: string): string | null {
    return this.#req.headers[name]?.toString() ?? null;
  }

  setCookie(line: string): void {
    const lines = [this.#res.getHeader('set-cookie') ?? []].flat().map(String);
    this.#res.setHeader('set-cookie', withCookie(lines, this.#cookie, line));
    this.enforceNoStore();
  }

  forbidStore(): void {
    this.#res.setHeader('cache-control', 'no-store');
  }

  enforceNoStore(): void {
    enforceNoStore(this.#res);
  }
}
