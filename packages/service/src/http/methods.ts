/** All methods that some path supports. */
export const ALL_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/** Returns the method whose response a request gets: a HEAD gets that of a GET, without its body (RFC 9110, 9.3.2). */
export function servedAs(method: string): string {
  return method === 'HEAD' ? 'GET' : method;
}

/** Returns the header `Allow` for these methods. */
export function allowOf(methods: Iterable<string>): string {
  return [...methods].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
}
