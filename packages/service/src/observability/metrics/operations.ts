/** The kinds of requests whose durations are counted separately. */
export const OPERATIONS = [
  'validate',
  'validate_many',
  'open',
  'rotate',
  'read',
  'list',
  'change',
  'bulk',
  'other',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Routes of API v2 and commands of API v1. All other requests are a `read` or a `change`. */
const OF_ROUTES: Readonly<Record<string, Operation | null>> = {
  validateToken: 'validate',
  validateTokens: 'validate_many',
  checkSessions: 'read',
  openSession: 'open',
  open_session: 'open',
  rotateToken: 'rotate',
  listSessions: 'list',
  listOwnSessions: 'list',
  get_sessions: 'list',
  getStats: 'list',
  listKeys: 'other',
  closeSessions: 'bulk',
  exportUser: 'bulk',
  eraseUser: 'bulk',
  close_expired_sessions: 'bulk',
  // A stream has no duration.
  followChanges: null,
};

/** Returns the kind of a route; null for one without a meaningful duration. */
export function operationOf(route: string, isRead: boolean): Operation | null {
  const known = OF_ROUTES[route];
  if (known !== undefined) return known;
  return isRead ? 'read' : 'change';
}
