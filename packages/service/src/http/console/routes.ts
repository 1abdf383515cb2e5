import type { RouteNameV2 } from '@pip-sessions/contract/routes';
import type { Scope } from '@pip-sessions/contract/scopes';

/** The base of the paths below. */
export const API_BASE = '/console/api';

/**
 * Every path of the console's own API, with its method. Without a session of the console, a request of another path than
 * the public ones is a 401, and `GET /me` is a 204. `{id}` stands for the id of a session.
 */
export const CONSOLE_ROUTES = {
  'POST /sign-in': 'public',
  'POST /sign-out': 'write',
  'GET /me': 'public',
  'GET /health': 'write',
  'GET /hours': 'write',
  'GET /sessions/{id}': 'write',
  'POST /sessions/{id}/reveal': 'write',
  'GET /audit': 'admin',
} as const satisfies Readonly<Record<string, Scope | 'public'>>;

type Routes = typeof CONSOLE_ROUTES;
export type ConsoleRoute = keyof Routes;
export type PublicRoute = { [Name in ConsoleRoute]: Routes[Name] extends 'public' ? Name : never }[ConsoleRoute];
export type PrivateRoute = Exclude<ConsoleRoute, PublicRoute>;

/**
 * The operations of API v2 that are served below `/console/api`, by the scope that the user's key needs there. A key of
 * scope `write` can find sessions in the console, to end one of them. Reading `user` and `data` is not an operation here: it
 * is audited (`/sessions/{id}/reveal`).
 */
export const CONSOLE_OPERATIONS: Readonly<Partial<Record<RouteNameV2, Scope>>> = {
  listSessions: 'write',
  closeSession: 'write',
  getStats: 'write',
  followChanges: 'write',
  closeSessions: 'admin',
  deleteSession: 'admin',
  listKeys: 'admin',
  exportUser: 'admin',
  eraseUser: 'admin',
};

/** The paths of the console's own API. */
export const CONSOLE_PATHS: readonly string[] = Object.keys(CONSOLE_ROUTES).map(
  (route) => API_BASE + route.slice(route.indexOf(' ') + 1),
);
