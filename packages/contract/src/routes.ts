import type { Scope } from './scopes.ts';
import type { SessionsClientV1 } from './v1.ts';

/** A command of API v1: `POST /v1/sessions/<name>`. */
export interface CommandV1 {
  /** The last segment of the path, such as `open_session`. */
  readonly name: string;
  /** The scope that the caller's key needs. */
  readonly scope: Scope;
  /** Whether a client may send it again when it does not know the outcome of the first attempt. */
  readonly isIdempotent: boolean;
}

/** The commands of API v1, by the client methods that send them. */
export const COMMANDS_V1 = {
  getSessions: { name: 'get_sessions', scope: 'admin', isIdempotent: true },
  getSessionById: { name: 'get_session_by_id', scope: 'write', isIdempotent: true },
  // A second attempt would open a second session.
  openSession: { name: 'open_session', scope: 'write', isIdempotent: false },
  storeSessionData: { name: 'store_session_data', scope: 'write', isIdempotent: true },
  updateSessionUser: { name: 'update_session_user', scope: 'write', isIdempotent: true },
  closeSession: { name: 'close_session', scope: 'write', isIdempotent: true },
  closeExpiredSessions: { name: 'close_expired_sessions', scope: 'admin', isIdempotent: true },
  // A second attempt would respond that the session does not exist.
  deleteSessionById: { name: 'delete_session_by_id', scope: 'admin', isIdempotent: false },
} as const satisfies Readonly<Record<keyof SessionsClientV1, CommandV1>>;

/** A route of API v2. */
export interface RouteV2 {
  /** The HTTP method. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path, in which `{id}` is replaced by the id of a session. */
  readonly path: string;
  /** The scope that the caller's key needs. */
  readonly scope: Scope;
  /** Whether a client may send it again when it does not know the outcome of the first attempt. */
  readonly isIdempotent: boolean;
  /** Whether it accepts `If-Match`, which makes it conditional. */
  readonly isConditional: boolean;
  /** Whether its body is a merge patch (RFC 7396). */
  readonly isMergePatch: boolean;
  /** The name of its result in the OpenAPI document. */
  readonly result: ResultNameV2;
}

/** The names of the results of API v2 in the OpenAPI document. */
export type ResultNameV2 =
  | 'ChangeStream'
  | 'CloseManyResult'
  | 'EraseResult'
  | 'ExportLine'
  | 'KeyList'
  | 'OpenResult'
  | 'OwnSessionPage'
  | 'RotateResult'
  | 'Session'
  | 'SessionCheckList'
  | 'SessionPage'
  | 'Stats'
  | 'Validation'
  | 'ValidationList';

const SESSION = '/v2/sessions/{id}';

/** The routes of API v2, by their operation ids in the OpenAPI document. */
export const ROUTES_V2 = {
  // Requests with the same `Idempotency-Key` have the same response.
  openSession: route('POST', '/v2/sessions', 'write', 'OpenResult'),
  listSessions: route('GET', '/v2/sessions', 'admin', 'SessionPage'),
  validateToken: route('POST', '/v2/sessions/validate', 'validate', 'Validation'),
  validateTokens: route('POST', '/v2/sessions/validate-many', 'validate', 'ValidationList'),
  checkSessions: route('POST', '/v2/sessions/check', 'validate', 'SessionCheckList'),
  // Within the grace period, the same token always has the same successor.
  rotateToken: route('POST', '/v2/sessions/rotate', 'write', 'RotateResult'),
  listOwnSessions: route('POST', '/v2/sessions/own', 'write', 'OwnSessionPage'),
  closeOwnSessions: route('POST', '/v2/sessions/own/close', 'write', 'CloseManyResult'),
  closeSessions: route('POST', '/v2/sessions/close', 'admin', 'CloseManyResult'),
  getSession: route('GET', SESSION, 'write', 'Session'),
  updateSession: route('PATCH', SESSION, 'write', 'Session', { isConditional: true, isMergePatch: true }),
  // A second attempt would respond that the session does not exist.
  deleteSession: route('DELETE', SESSION, 'admin', 'Session', { isIdempotent: false }),
  replaceData: route('PUT', `${SESSION}/data`, 'write', 'Session', { isConditional: true }),
  // Merging the same patch twice has the effect of merging it once (RFC 7396).
  patchData: route('PATCH', `${SESSION}/data`, 'write', 'Session', { isConditional: true, isMergePatch: true }),
  replaceUser: route('PUT', `${SESSION}/user`, 'write', 'Session', { isConditional: true }),
  touchSession: route('POST', `${SESSION}/touch`, 'write', 'Session'),
  closeSession: route('POST', `${SESSION}/close`, 'write', 'Session'),
  exportUser: route('POST', '/v2/users/export', 'admin', 'ExportLine'),
  // A repeated request erases what is left, and its receipt has only that.
  eraseUser: route('POST', '/v2/users/erase', 'admin', 'EraseResult'),
  getStats: route('GET', '/v2/stats', 'admin', 'Stats'),
  listKeys: route('GET', '/v2/keys', 'admin', 'KeyList'),
  followChanges: route('GET', '/v2/changes', 'validate', 'ChangeStream'),
} as const;

/** The operation id of a route of API v2. */
export type RouteNameV2 = keyof typeof ROUTES_V2;

function route(
  method: RouteV2['method'],
  path: string,
  scope: Scope,
  result: ResultNameV2,
  differences: Partial<Pick<RouteV2, 'isIdempotent' | 'isConditional' | 'isMergePatch'>> = {},
): RouteV2 {
  return { method, path, scope, result, isIdempotent: true, isConditional: false, isMergePatch: false, ...differences };
}
