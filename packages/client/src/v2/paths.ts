import { JSON_TYPE } from '../transport/options.ts';
import type { PassingEnd } from '../transport/response.ts';

/** How a method of API v2 is sent. */
export interface RouteV2 {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A template, which errors name: an address may hold what belongs into no log. */
  readonly path: string;
  readonly content_type: string;
  /** The ends after which it may be sent again. */
  readonly repeat_after: ReadonlySet<PassingEnd>;
}

/** The service says that it has not done it. */
export const TURNED_AWAY: ReadonlySet<PassingEnd> = new Set<PassingEnd>([429, 503]);

/** For what does nothing more when it is done twice: also when nobody knows whether it was done. */
const ANY: ReadonlySet<PassingEnd> = new Set<PassingEnd>([...TURNED_AWAY, 'no_answer', 502, 504]);

const SESSION = '/v2/sessions/{id}';

export const ROUTES_V2 = {
  // Its idempotency key makes the second answer the first.
  open: route('POST', '/v2/sessions'),
  get: route('GET', SESSION),
  list: route('GET', '/v2/sessions'),
  validate: route('POST', '/v2/sessions/validate'),
  // Within the grace, the same token has the same successor.
  rotate: route('POST', '/v2/sessions/rotate'),
  // It sets values: twice is as once.
  update: { ...route('PATCH', SESSION), content_type: 'application/merge-patch+json' },
  replaceData: route('PUT', `${SESSION}/data`),
  replaceUser: route('PUT', `${SESSION}/user`),
  // What RFC 7396 merges twice is as if it were merged once.
  patchData: { ...route('PATCH', `${SESSION}/data`), content_type: 'application/merge-patch+json' },
  touch: route('POST', `${SESSION}/touch`),
  close: route('POST', `${SESSION}/close`),
  // A second one would answer that there is no such session.
  remove: { ...route('DELETE', SESSION), repeat_after: TURNED_AWAY },
  closeMany: route('POST', '/v2/sessions/close'),
  stats: route('GET', '/v2/stats'),
} as const satisfies Readonly<Record<string, RouteV2>>;

function route(method: RouteV2['method'], path: string): RouteV2 {
  return { method, path, content_type: JSON_TYPE, repeat_after: ANY };
}

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
