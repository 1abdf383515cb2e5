/** Those that some path takes. */
export const ALL_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/** The method whose response a request gets: that to a HEAD is that to a GET, without its body (RFC 9110, 9.3.2). */
export function servedAs(method: string): string {
  return method === 'HEAD' ? 'GET' : method;
}

/** The header `Allow` of a path that serves these. */
export function allowOf(methods: Iterable<string>): string {
  return [...methods].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
}
