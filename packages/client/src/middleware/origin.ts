import { browserHost, type HostRules } from './host.ts';
import type { RequestView } from './request-view.ts';

export interface OriginRules extends HostRules {
  /** Like `https://app.example.com`: pages of these may send requests too. */
  readonly origins: ReadonlySet<string>;
  /** Whether pages of neighbouring hosts (`Sec-Fetch-Site: same-site`) may send requests. */
  readonly allows_same_site: boolean;
  /** Pages of every site may send requests to these. */
  readonly cross_site_paths: ReadonlySet<string>;
}

/** They change nothing (RFC 9110, 9.2.1), so whoever makes a browser send them gains nothing. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a page of somebody else made the browser send this request (ASVS 3.5.1). Browsers say where a request comes
 * from in `Sec-Fetch-Site`, older ones in `Origin`. A request with neither comes from no browser, or from one that is
 * older than 2020 and whose `SameSite` cookie does not come along.
 */
export function isForged(request: RequestView, rules: OriginRules): boolean {
  const isSocket = isWebSocket(request);
  if (!isSocket && SAFE_METHODS.has(request.method)) return false;
  if (request.path !== null && rules.cross_site_paths.has(request.path)) return false;
  const origin = request.header('origin');
  if (origin !== null && rules.origins.has(origin)) return false;
  const site = request.header('sec-fetch-site');
  if (site !== null) {
    const isOwn = site === 'same-origin' || site === 'none' || (site === 'same-site' && rules.allows_same_site);
    // To some browsers the scheme `wss` makes a page's own socket one of another site; each sends an Origin with it.
    if (isOwn || !isSocket) return !isOwn;
  }
  if (origin === null) return site !== null;
  return !isSameHost(origin, browserHost(request, rules));
}

/** A page of any site may open one, and the server's answer is the page's to read: GET says nothing here (RFC 6455, 10.2). */
function isWebSocket(request: RequestView): boolean {
  return /^websocket$/i.test(request.header('upgrade') ?? '');
}

/**
 * The scheme is left out: behind a proxy that ends TLS, the application does not know its own. `null`, what a sandboxed
 * page sends, is no host; nor is anything that browsers do not write (RFC 6454, 6.2) and a URL parser takes all the same,
 * like another scheme, a path, a user or an escape.
 */
function isSameHost(origin: string, host: string | null): boolean {
  if (host === null || !/^https?:/i.test(origin) || !URL.canParse(origin)) return false;
  const parsed = new URL(origin);
  return parsed.origin === origin.toLowerCase() && parsed.host === normalHost(parsed.protocol, host);
}

/** A name or an address, and a port (RFC 9110, 7.2); no user, path or escape that a URL parser would take. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i;

/** As a URL has it: in lower case, and without the port that the scheme has anyway. */
function normalHost(protocol: string, host: string): string | null {
  const url = `${protocol}//${host}`;
  return HOST.test(host) && URL.canParse(url) ? new URL(url).host : null;
}
