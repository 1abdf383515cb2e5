/**
 * Sessions of users in Hono.
 *
 * @example
 * const app = new Hono<UserSessionEnv>();
 * app.use(userSessions({ client: createSessionsClient({ url, key }) }));
 * app.post('/login', async (c) => {
 *   const user = await authenticate(await c.req.json()); // the application's own
 *   await c.var.userSession.login({ user_id: user.id, auth_methods: ['pwd'] });
 *   return c.json({ welcome: user.name });
 * });
 * app.get('/me', requireSession(), (c) => c.json({ user_id: c.var.userSession.required.user_id }));
 * app.post('/transfer', requireSession({ level: 2, max_age_s: 300 }), transfer);
 */
import type { MiddlewareHandler } from 'hono';
import { checkedRequirement, type SessionRequirement } from '../middleware/requirement.ts';
import type { UserSessionsOptions } from '../middleware/settings.ts';
import type { UserSession } from '../middleware/user-session.ts';
import { userSessions as enterer } from './fetch.ts';

export { refusalOf } from '../middleware/refusal-of.ts';
export { type RefusalCode, SessionRefusal } from '../middleware/rejections.ts';
export type { SessionRequirement } from '../middleware/requirement.ts';
export type { CookieLifetime, SessionsAccess, UserSessionsOptions } from '../middleware/settings.ts';
export type { LoginOptions, SessionOf, UserSession } from '../middleware/user-session.ts';

/** What handlers find in `c.var`, with the application's own types of what it keeps in a session. */
export interface UserSessionEnv<User = unknown, Data = unknown> {
  Variables: { userSession: UserSession<User, Data> };
}

/**
 * Finds out whose session each request belongs to, before the handlers that ask `c.var.userSession`. Mount it where
 * sessions matter: a request with a token is answered 503 while the service is away. Mount it before other middleware that
 * sets headers, which could let a response with a token be stored. Throws a `TypeError` that names the option which is
 * wrong.
 */
export function userSessions<User = unknown, Data = unknown>(
  options: UserSessionsOptions,
): MiddlewareHandler<UserSessionEnv<User, Data>> {
  const enter = enterer<User, Data>(options);
  return async function userSessions(c, next) {
    const { refused, userSession, respond } = await enter(c.req.raw);
    if (refused) return refused;
    c.set('userSession', userSession);
    await next();
    const answer = respond(c.res);
    if (answer !== c.res) {
      // Otherwise Hono would add the headers of the former answer once more.
      c.res = undefined;
      c.res = answer;
    }
    return undefined;
  };
}

/** Answers 401 without a live session, or with one whose user has proved too little (RFC 9470). */
export function requireSession(requirement: SessionRequirement = {}): MiddlewareHandler<UserSessionEnv> {
  const required = checkedRequirement(requirement);
  return async function requireSession(c, next) {
    const { userSession } = c.var;
    if (!userSession) throw new Error('No session was looked for: app.use(userSessions(…)) before this handler.');
    const refusal = userSession.refusal(required);
    if (refusal) return refusal.getResponse();
    return next();
  };
}
