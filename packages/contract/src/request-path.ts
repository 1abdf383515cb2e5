import type { RouteV2 } from './routes.ts';
import { isTokenLike } from './token.ts';

/**
 * Returns the path of a route. Throws a `TypeError` for an id that would lead to another path, or that must not be in
 * an address.
 */
export function toPath({ path }: RouteV2, id: string | undefined): string {
  return path.replace('{id}', () => segment(id));
}

function segment(id: string | undefined): string {
  // URLs drop empty segments, and resolve dots.
  if (typeof id !== 'string' || id === '' || id === '.' || id === '..') {
    throw new TypeError('id is not the id of a session: use the property id of a session.');
  }
  if (isTokenLike(id)) {
    throw new TypeError(
      'id is a token, which must not be part of an address: use the id of the session, or call validate.',
    );
  }
  return encodeURIComponent(id.toWellFormed());
}

/** Returns the query with the properties of `members` that are not undefined; an empty string if there are none. */
export function toQuery(members: object): string {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
