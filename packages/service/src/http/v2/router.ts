import { RequestError } from '../../api/error-codes.ts';
import { CHANGES_ROUTE, type ChangesRoute } from '../../api/v2/changes-route.ts';
import type { AnyRoute } from '../../api/v2/route.ts';
import { ROUTES } from '../../api/v2/routes.ts';
import { allowOf, servedAs } from '../methods.ts';

type Routed = AnyRoute | ChangesRoute;

export interface Match<R = Routed> {
  readonly route: R;
  /** The id in the path; empty if the path has none. */
  readonly id: string;
}

const PREFIX = '/v2/';
const EXACT = new Map<string, Map<string, Routed>>([
  [CHANGES_ROUTE.path, new Map([[CHANGES_ROUTE.method, CHANGES_ROUTE]])],
]);
/** Routes of one session, by the part of the path after the id, with its slash. */
const OF_SESSION = new Map<string, Map<string, Routed>>();

const OF_SESSION_PREFIX = '/v2/sessions/{id}';

for (const route of ROUTES) {
  const isOfSession = route.path.startsWith(OF_SESSION_PREFIX);
  const paths: Map<string, Map<string, Routed>> = isOfSession ? OF_SESSION : EXACT;
  const key = isOfSession ? route.path.slice(OF_SESSION_PREFIX.length) : route.path;
  paths.set(key, (paths.get(key) ?? new Map<string, Routed>()).set(route.method, route));
}

const SESSION_PATH = /^\/v2\/sessions\/([^/]+)(\/[a-z]+)?$/;

/** Returns the paths of all routes. */
export function v2Paths(): string[] {
  return [CHANGES_ROUTE.path, ...ROUTES.map(({ path }) => path)];
}

export function isV2(url: string): boolean {
  return url.startsWith(PREFIX);
}

/** Returns the route of a request. Throws a `RequestError` if there is none for the path or the method. */
export function findRoute(method: string, path: string): Match {
  const exact = EXACT.get(path);
  const served = servedAs(method);
  const route = exact?.get(served);
  if (route) return { route, id: '' };
  // A path without an id, such as /v2/sessions/own, is not that of a session "own".
  if (exact) throw notAllowed(method, exact);
  const [, id = '', rest = ''] = SESSION_PATH.exec(path) ?? [];
  const ofSession = id === '' ? undefined : OF_SESSION.get(rest);
  const found = ofSession?.get(served);
  if (found) return { route: found, id: decoded(id) };
  if (ofSession) throw notAllowed(method, ofSession);
  throw new RequestError('ResourceNotFound', 'The path does not exist. /openapi.json lists all paths.');
}

function notAllowed(method: string, routes: ReadonlyMap<string, Routed>): RequestError {
  const allow = allowOf(routes.keys());
  return new RequestError('MethodNotAllowed', `The path supports ${allow}, not ${method}.`, { allow });
}

function decoded(id: string): string {
  if (!id.includes('%')) return id;
  try {
    return decodeURIComponent(id);
  } catch {
    // No session has an id like this.
    return id;
  }
}
