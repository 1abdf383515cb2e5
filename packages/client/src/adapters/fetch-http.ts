import { isCachingHeader } from '../middleware/cookies/caching-headers.ts';
import { type CookieForm, isOwnLine, withCookie } from '../middleware/cookies/cookies.ts';
import type { Exchange } from '../middleware/http-adapter.ts';
import type { SessionState } from '../middleware/session-state.ts';

interface CookieChange {
  readonly cookie: CookieForm;
  readonly line: string;
  readonly yields: boolean;
}

/** A request of the Fetch API, and the changes that its response gets. All mounts of the middleware share it. */
export class FetchExchange implements Exchange {
  latest: SessionState | null = null;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly #headers: Headers;
  readonly #cookies = new Map<string, CookieChange>();
  #forbidsStore = false;
  #enforcesNoStore = false;
  #mounts = 0;
  #hasBegun = false;

  constructor({ method, url, headers }: Request) {
    const { host, pathname } = new URL(url);
    this.method = method;
    // A server before the application, as in Next, may replace the URL.
    this.host = headers.get('host') ?? host;
    this.path = pathname;
    this.#headers = headers;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  header(name: string): string | null {
    return this.#headers.get(name);
  }

  setCookie(cookie: CookieForm, line: string, yields = false): void {
    this.#cookies.set(cookie.name, { cookie, line, yields });
    this.enforceNoStore();
  }

  forbidStore(): void {
    this.#forbidsStore = true;
  }

  enforceNoStore(): void {
    this.#enforcesNoStore = true;
  }

  /** Registers a mount that will set headers of the response. The response has begun when the last one has set them. */
  mount(): () => void {
    this.#mounts += 1;
    let isOpen = true;
    return () => {
      if (isOpen) this.#mounts -= 1;
      isOpen = false;
      this.#hasBegun = this.#mounts === 0;
    };
  }

  /**
   * Returns the response with the changes. A handler may allow caches to store it, unless it contains a token. Applying
   * the changes twice is the same as once.
   */
  applyTo(response: Response): Response {
    const forbidsStore = this.#forbidsStore && !response.headers.has('cache-control');
    // The response to an upgrade has the status 101, which a new `Response` cannot have.
    if (!(this.#enforcesNoStore || forbidsStore) || response.status < 200) return response;
    // A new response: a handler may return the same one to other requests, and the headers of a fetched one are
    // immutable.
    const changed = new Response(response.body, response);
    const { headers } = changed;
    if (this.#enforcesNoStore) for (const name of [...headers.keys()]) if (isCachingHeader(name)) headers.delete(name);
    headers.set('cache-control', 'no-store');
    if (this.#cookies.size > 0) this.#setCookies(headers);
    return changed;
  }

  #setCookies(headers: Headers): void {
    let lines: string[] = headers.getSetCookie();
    for (const { cookie, line, yields } of this.#cookies.values()) {
      if (!(yields && lines.some((other) => isOwnLine(other, cookie)))) lines = withCookie(lines, cookie, line);
    }
    headers.delete('set-cookie');
    for (const line of lines) headers.append('set-cookie', line);
  }
}

const exchanges = new WeakMap<Request, FetchExchange>();

/** Returns the exchange of a pending request. A request that is handled again gets a new one. */
export function fetchExchangeOf(request: Request): FetchExchange {
  const known = exchanges.get(request);
  if (known && !known.hasBegun) return known;
  const exchange = new FetchExchange(request);
  exchanges.set(request, exchange);
  return exchange;
}
