import type { ServerResponse } from 'node:http';
import { isCachingHeader } from '../middleware/cookies/caching-headers.ts';

/**
 * Keeps a response out of every cache, whatever sets its headers later: a handler, another middleware, or a listener
 * that runs when headers are written. Use it only for responses that need it, since it replaces methods of the
 * response.
 */
export function enforceNoStore(res: ServerResponse): void {
  for (const name of res.getHeaderNames()) if (isCachingHeader(name)) res.removeHeader(name);
  res.setHeader('cache-control', 'no-store');
  const { setHeader, appendHeader, removeHeader, writeHead } = res;
  res.setHeader = (name, value) => (isCachingHeader(name) ? res : setHeader.call(res, name, value));
  res.appendHeader = (name, value) => (isCachingHeader(name) ? res : appendHeader.call(res, name, value));
  res.removeHeader = (name) => {
    if (!isCachingHeader(name)) removeHeader.call(res, name);
  };
  // HTTP/2 sets these headers without calling the methods above.
  res.writeHead = ((...input: unknown[]) =>
    Reflect.apply(writeHead, res, input.map(withoutCachingHeaders))) as typeof writeHead;
}

/**
 * Removes caching headers from an argument of `writeHead`: an object, a list of names and values, or a list of pairs.
 * Returns any other argument unchanged.
 */
function withoutCachingHeaders(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  if (!Array.isArray(input))
    return Object.fromEntries(Object.entries(input).filter(([name]) => !isCachingHeader(name)));
  if (Array.isArray(input[0])) return input.filter(([name]) => !isCachingHeader(String(name)));
  return input.filter((_, index) => !isCachingHeader(String(input[index - (index % 2)])));
}
