/**
 * Session middleware for Hono.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { requireSession, type UserSessionEnv, userSessions } from '@pip-sessions/client/hono';
 * import { Hono } from 'hono';
 *
 * const app = new Hono<UserSessionEnv>();
 * app.use(userSessions({ client: createSessionsClient({ url: 'http://localhost:8080', key }) }));
 * app.post('/login', async (c) => {
 *   const user_id = '1'; // of the user whom the application has authenticated
 *   await c.var.userSession.login({ user_id, auth_methods: ['pwd'] });
 *   return c.json({ welcome: user_id });
 * });
 * app.get('/me', requireSession(), (c) => c.json({ user_id: c.var.userSession.required.user_id }));
 */
import type { MiddlewareHandler } from 'hono';
import { checkedRequirement, type SessionRequirement } from '../middleware/requirement.ts';
import type { PassiveOption, UserSessionsOptions } from '../middleware/settings.ts';
import type { UserSession } from '../middleware/user-session.ts';
import { userSessions as enterer } from './fetch.ts';

export type { LoginOptions } from '../middleware/login-options.ts';
export { rejectionOf } from '../middleware/rejections/rejection-of.ts';
export { type RejectionCode, SessionRejection } from '../middleware/rejections/rejections.ts';
export type { SessionRequirement } from '../middleware/requirement.ts';
export type { CookieLifetime, PassiveOption, SessionsAccess, UserSessionsOptions } from '../middleware/settings.ts';
export type { SessionOf, UserSession } from '../middleware/user-session.ts';
export type { DevicesRequest } from '../v2/own-sessions.ts';

/** The variables that handlers find in `c.var`, with the application's own types of the values in a session. */
export interface UserSessionEnv<User = unknown, Data = unknown> {
  /** Set by `userSessions`. */
  Variables: { userSession: UserSession<User, Data> };
}

/**
 * Creates middleware that finds the session of each request and sets `c.var.userSession`. Mount it where sessions
 * matter: a request with a token gets a 503 while the service is unavailable. Mount it before other middleware that
 * sets headers, which could allow caches to store a response with a token. Throws a `TypeError` that names an option
 * which is wrong.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { type UserSessionEnv, userSessions } from '@pip-sessions/client/hono';
 * import { Hono } from 'hono';
 *
 * const app = new Hono<UserSessionEnv>();
 * app.use(userSessions({ client: createSessionsClient({ url: 'http://localhost:8080', key }) }));
 */
export function userSessions<User = unknown, Data = unknown>(
  options: UserSessionsOptions & PassiveOption<Request>,
): MiddlewareHandler<UserSessionEnv<User, Data>> {
  const enter = enterer<User, Data>(options);
  return async function userSessions(c, next) {
    const { rejection, userSession, respond } = await enter(c.req.raw);
    if (rejection) return rejection;
    c.set('userSession', userSession);
    await next();
    const answer = respond(c.res);
    if (answer !== c.res) {
      // Otherwise Hono would add the headers of the former response again.
      c.res = undefined;
      c.res = answer;
    }
    return undefined;
  };
}

/**
 * Creates a guard, which responds with 401 to a request without a live session, or if the user's authentication is too
 * weak or too old (RFC 9470). Mount it after `userSessions`. Throws a `TypeError` that names a property of
 * `requirement` which is wrong.
 *
 * @example
 * import { requireSession } from '@pip-sessions/client/hono';
 *
 * app.post('/transfer', requireSession({ level: 2, max_age_s: 300 }), (c) => c.text('done'));
 */
export function requireSession(requirement: SessionRequirement = {}): MiddlewareHandler<UserSessionEnv> {
  const required = checkedRequirement(requirement);
  return async function requireSession(c, next) {
    const { userSession } = c.var;
    if (!userSession)
      throw new Error('c.var.userSession is missing: call app.use(userSessions(…)) before this handler.');
    const rejection = userSession.rejection(required);
    if (rejection) return rejection.getResponse();
    return next();
  };
}
