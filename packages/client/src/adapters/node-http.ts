import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CookieForm, withCookie } from '../middleware/cookies/cookies.ts';
import type { Exchange } from '../middleware/http-adapter.ts';
import type { SessionState } from '../middleware/session-state.ts';
import { enforceNoStore } from './node-no-store.ts';

/** The exchange of a request and a response of Node. It is created for each request, so it reads nothing in advance. */
export class NodeExchange implements Exchange {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse | null;
  latest: SessionState | null;

  /** `res` is null for an upgrade, which has a socket instead of a response. */
  constructor(req: IncomingMessage, res: ServerResponse | null, latest: SessionState | null) {
    this.latest = latest;
    this.#req = req;
    this.#res = res;
  }

  get method(): string {
    return this.#req.method ?? '';
  }

  get host(): string | null {
    return this.header(':authority') ?? this.header('host');
  }

  get path(): string | null {
    // Express removes the path at which a router is mounted from `url`.
    const { url, originalUrl = url } = this.#req as IncomingMessage & { readonly originalUrl?: string };
    return pathOf(originalUrl);
  }

  get hasBegun(): boolean {
    return this.#res === null || this.#res.headersSent;
  }

  header(name: string): string | null {
    return this.#req.headers[name]?.toString() ?? null;
  }

  setCookie(cookie: CookieForm, line: string): void {
    if (this.#res === null || this.#res.headersSent) return;
    const lines = [this.#res.getHeader('set-cookie') ?? []].flat().map(String);
    this.#res.setHeader('set-cookie', withCookie(lines, cookie, line));
    this.enforceNoStore();
  }

  forbidStore(): void {
    if (this.#res !== null && !this.#res.headersSent) this.#res.setHeader('cache-control', 'no-store');
  }

  enforceNoStore(): void {
    if (this.#res !== null && !this.#res.headersSent) enforceNoStore(this.#res);
  }
}

/** Returns the path of a request target, which may be a URL (RFC 9112, 3.2.2). */
export function pathOf(target: string | undefined): string | null {
  return target === undefined ? null : (/^(?:https?:\/\/[^/?#]*)?(\/[^?#]*)/i.exec(target)?.[1] ?? null);
}
