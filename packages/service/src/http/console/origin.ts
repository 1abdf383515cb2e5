import type { IncomingMessage } from 'node:http';
import { RequestError } from '../../api/error-codes.ts';
import { isLoopback } from '../loopback.ts';

/**
 * Rejects a request that does not come from a page of the console, with `FORBIDDEN` (ASVS 3.5.1). Every browser says
 * where a request comes from, by `Sec-Fetch-Site` or by `Origin`. A proxy may replace the host, so `Origin` counts only
 * without `Sec-Fetch-Site`.
 */
export function assertFromConsole({ headers }: IncomingMessage): void {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if (site === 'same-origin') return;
  if (site === undefined && origin !== undefined && URL.canParse(origin) && new URL(origin).host === host) return;
  throw new RequestError('FORBIDDEN', 'This request is for pages of the console only. Programs use API v2.');
}

/**
 * Whether the browser has opened the console by https, also through a proxy. Rejects plain http beyond loopback with
 * `FORBIDDEN`: the key would be readable on the way.
 */
export function isOpenedByHttps({ headers: { origin = '' } }: IncomingMessage): boolean {
  const { protocol, hostname } = URL.canParse(origin) ? new URL(origin) : { protocol: '', hostname: '' };
  if (protocol === 'https:') return true;
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  if (protocol === 'http:' && (isLoopback(name) || name.endsWith('.localhost'))) return false;
  throw new RequestError('FORBIDDEN', 'Open the console by https, or on the machine of the service by localhost.');
}
