/**
 * Headers that allow caches to store a response: `Cache-Control`, its variants for some kinds of caches (RFC 9213,
 * `CDN-Cache-Control`), and older headers of proxies. For such caches they override `no-store`.
 */
const CACHING_HEADER = /cache-control$|^(?:expires|surrogate-control|edge-control|x-accel-expires)$/i;

export function isCachingHeader(name: string): boolean {
  return CACHING_HEADER.test(name);
}
