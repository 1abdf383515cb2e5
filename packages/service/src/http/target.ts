import { RequestError } from '../api/error-codes.ts';

const ABSOLUTE = /^https?:\/\/[^/?#]*/i;
const ESCAPE = /%[0-9a-f]{2}/gi;
/** Characters that a configured path may have, but a request target may not. */
const NOT_OF_TARGETS = /[^\x21-\x7e]+/g;
const UNRESERVED = /[\w.~-]/;

/**
 * Returns a request target as a path with its query (RFC 9112, 3.2): `http://host/path` and `/path` are equal. Escapes
 * of characters that need none are decoded (RFC 3986, 6.2.2.2). All others stay, so that `%2F` is not a slash. `*` is
 * returned unchanged. Throws a `RequestError` for an invalid target.
 *
 * @example originForm('http://localhost:8080/v2/%73tats?x=%41') // '/v2/stats?x=%41'
 */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target.includes('%') ? withNormalPath(target) : target;
  if (target === '*') return target;
  const [origin] = ABSOLUTE.exec(target) ?? [];
  if (origin === undefined) {
    throw new RequestError('InvalidRequest', 'The request target must be a path, a URL or *.');
  }
  const rest = target.slice(origin.length);
  return withNormalPath(rest.startsWith('/') ? rest : `/${rest}`);
}

/** Returns a path in the normal form of request targets. */
export function normalPath(path: string): string {
  return path.replace(NOT_OF_TARGETS, encodeURIComponent).replace(ESCAPE, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return UNRESERVED.test(character) ? character : escaped.toUpperCase();
  });
}

function withNormalPath(target: string): string {
  const query = target.indexOf('?');
  return query === -1 ? normalPath(target) : normalPath(target.slice(0, query)) + target.slice(query);
}
