import { browserHost, type HostRules } from './host.ts';
import type { RequestView } from './request-view.ts';

export interface OriginRules extends HostRules {
  /** Origins such as `https://app.example.com`, whose pages may send requests too. */
  readonly origins: ReadonlySet<string>;
  /** Whether pages of neighbouring hosts (`Sec-Fetch-Site: same-site`) may send requests. */
  readonly allows_same_site: boolean;
  /** Paths to which pages of every site may send requests. */
  readonly cross_site_paths: ReadonlySet<string>;
}

/** These methods change nothing (RFC 9110, 9.2.1), so an attacker gains nothing by forging them. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a page of another site made the browser send this request (ASVS 3.5.1). Browsers name the source of a request
 * in `Sec-Fetch-Site`, older ones in `Origin`. A request with neither is not from a browser, or from one older than
 * 2020, which does not send the `SameSite` cookie.
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
    // For the scheme `wss`, some browsers call a page's own socket cross-site. Each of them also sends an Origin.
    if (isOwn || !isSocket) return !isOwn;
  }
  if (origin === null) return site !== null;
  return !isSameHost(origin, browserHost(request, rules));
}

/**
 * Whether a request opens a WebSocket. Pages of every site can open one and read the server's messages, although the
 * method is GET (RFC 6455, 10.2).
 */
function isWebSocket(request: RequestView): boolean {
  return /^websocket$/i.test(request.header('upgrade') ?? '');
}

/**
 * Whether an origin has this host. The scheme is not compared: behind a proxy that terminates TLS, the application does
 * not know its own. `null`, the origin of a sandboxed page, has no host. Nor has an origin that browsers never write
 * (RFC 6454, 6.2) but a URL parser accepts, such as one with another scheme, a path, a user or an escape.
 */
function isSameHost(origin: string, host: string | null): boolean {
  if (host === null || !/^https?:/i.test(origin) || !URL.canParse(origin)) return false;
  const parsed = new URL(origin);
  return parsed.origin === origin.toLowerCase() && parsed.host === normalHost(parsed.protocol, host);
}

/** A host name or address, and a port (RFC 9110, 7.2); no user, path or escape, which a URL parser would accept. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i;

/** Returns a host in the form of a URL: in lower case, and without the default port of the scheme. */
function normalHost(protocol: string, host: string): string | null {
  const url = `${protocol}//${host}`;
  return HOST.test(host) && URL.canParse(url) ? new URL(url).host : null;
}
