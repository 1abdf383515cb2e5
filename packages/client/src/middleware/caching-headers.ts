/**
 * Headers by which a response allows caches to store it: `Cache-Control`, what is only for caches of some kind
 * (RFC 9213, `CDN-Cache-Control`), and what proxies took before that. They count more than `no-store` there.
 */
const CACHING_HEADER = /cache-control$|^(?:expires|surrogate-control|edge-control|x-accel-expires)$/i;

export function isCachingHeader(name: string): boolean {
  return CACHING_HEADER.test(name);
}
