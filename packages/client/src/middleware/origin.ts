import type { RequestView } from './exchange.ts';

export interface OriginRules {
  /** Like `https://app.example.com`: pages of these may send requests too. */
  readonly origins: ReadonlySet<string>;
  /** Whether pages of neighbouring hosts (`Sec-Fetch-Site: same-site`) may send requests. */
  readonly allows_same_site: boolean;
}

/** They change nothing (RFC 9110, 9.2.1), so whoever makes a browser send them gains nothing. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a page of somebody else made the browser send this request (ASVS 3.5.1). Browsers say where a request comes
 * from in `Sec-Fetch-Site`, older ones in `Origin`. A request with neither comes from no browser, or from one that is
 * older than 2020 and whose `SameSite` cookie does not come along.
 */
export function isForged(request: RequestView, { origins, allows_same_site }: OriginRules): boolean {
  if (SAFE_METHODS.has(request.method)) return false;
  const origin = request.header('origin');
  if (origin !== null && origins.has(origin)) return false;
  const site = request.header('sec-fetch-site');
  if (site !== null) return !(site === 'same-origin' || site === 'none' || (site === 'same-site' && allows_same_site));
  if (origin === null) return false;
  const host = hostOf(origin);
  return host === null || host !== request.host?.toLowerCase();
}

/**
 * The scheme is left out: behind a proxy that ends TLS, the application does not know its own. `null`, what a sandboxed
 * page sends, is no host; nor is anything that browsers do not write (RFC 6454, 6.2) and a URL parser takes all the same,
 * like another scheme, a path, a user or an escape.
 */
function hostOf(origin: string): string | null {
  if (!/^https?:/i.test(origin) || !URL.canParse(origin)) return null;
  const parsed = new URL(origin);
  return parsed.origin === origin.toLowerCase() ? parsed.host : null;
}
