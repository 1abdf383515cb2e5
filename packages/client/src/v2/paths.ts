import type { RouteV2 } from '@pip-sessions/contract/routes';

/** The path to a session. Refuses an id that would lead elsewhere, or that must not be in an address. */
export function toPath({ path }: RouteV2, id: string | undefined): string {
  return path.replace('{id}', () => segment(id));
}

function segment(id: string | undefined): string {
  // Addresses lose what is empty, and go up where there are dots.
  if (typeof id !== 'string' || id === '' || id === '.' || id === '..') {
    throw new TypeError('id is not the id of a session: use the member id of one.');
  }
  if (id.startsWith('ps_')) {
    throw new TypeError('id is a token, which must not get into addresses: use the id of the session, or validate.');
  }
  return encodeURIComponent(id.toWellFormed());
}

/** The query with what is given of `members`; empty without any. */
export function toQuery(members: object): string {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
