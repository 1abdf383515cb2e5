/**
 * Session middleware for Koa 3 and 2.
 *
 * @example
 * import Router from '@koa/router';
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { requireSession, userSessions } from '@pip-sessions/client/koa';
 * import Koa from 'koa';
 *
 * const app = new Koa();
 * app.use(userSessions({ client: createSessionsClient({ url: 'http://localhost:8080', key }) }));
 * const router = new Router();
 * router.post('/login', async (ctx) => {
 *   const user_id = '1'; // of the user whom the application has authenticated
 *   await ctx.state.userSession.login({ user_id, auth_methods: ['pwd'] });
 *   ctx.body = { welcome: user_id };
 * });
 * router.get('/me', requireSession(), (ctx) => {
 *   ctx.body = { user_id: ctx.state.userSession.required.user_id };
 * });
 * app.use(router.routes());
 */
import type { Middleware, ParameterizedContext, Request } from 'koa';
import { authenticate, isRejection } from '../middleware/authenticate.ts';
import { rejectionOf } from '../middleware/rejections/rejection-of.ts';
import { PROBLEM_TYPE, type SessionRejection } from '../middleware/rejections/rejections.ts';
import { checkedRequirement, type SessionRequirement } from '../middleware/requirement.ts';
import { type PassiveOption, passiveOf, toSettings, type UserSessionsOptions } from '../middleware/settings.ts';
import { UserSession } from '../middleware/user-session.ts';
import { NodeExchange, pathOf } from './node-http.ts';

export type { LoginOptions } from '../middleware/login-options.ts';
export { rejectionOf } from '../middleware/rejections/rejection-of.ts';
export { type RejectionCode, SessionRejection } from '../middleware/rejections/rejections.ts';
export type { SessionRequirement } from '../middleware/requirement.ts';
export type { CookieLifetime, PassiveOption, SessionsAccess, UserSessionsOptions } from '../middleware/settings.ts';
export type { SessionOf, UserSession } from '../middleware/user-session.ts';
export type { DevicesRequest } from '../v2/own-sessions.ts';
export { type EnteredUpgrade, upgradeSessions } from './node-upgrade.ts';

declare module 'koa' {
  interface DefaultState {
    /** Set by `userSessions`. */
    userSession: UserSession;
  }
}

type Context = Pick<ParameterizedContext, 'state'>;

/**
 * Creates middleware that finds the session of each request and sets `ctx.state.userSession`. Mount it where sessions
 * matter: a request with a token gets a 503 while the service is unavailable. Mount it before the handlers: it responds
 * to the rejections that they throw, and to calls of the client that failed because the service is unavailable. Throws a
 * `TypeError` that names an option which is wrong.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { userSessions } from '@pip-sessions/client/koa';
 * import Koa from 'koa';
 *
 * const app = new Koa();
 * app.use(userSessions({ client: createSessionsClient({ url: 'http://localhost:8080', key }) }));
 */
export function userSessions(options: UserSessionsOptions & PassiveOption<Request>): Middleware {
  const settings = toSettings(options);
  const isPassive = passiveOf(options);
  return async function userSessions(ctx, next) {
    const entered = await authenticate(settings, new KoaExchange(ctx), isPassive(ctx.request));
    if (isRejection(entered)) return sendRejection(ctx, entered);
    ctx.state.userSession = entered;
    try {
      await next();
    } catch (error) {
      const rejection = rejectionOf(error);
      if (rejection === null || ctx.headerSent) throw error;
      // A rejection is expected, or was reported to `onFault`. A failed call of the client belongs into the log.
      if (error !== rejection) ctx.app.emit('error', error, ctx);
      sendRejection(ctx, rejection);
    }
  };
}

/** Koa's request has the target as it was sent, although koa-mount removes a part of `url`. */
class KoaExchange extends NodeExchange {
  readonly #target: string;

  constructor({ req, res, state, originalUrl }: ParameterizedContext) {
    super(req, res, UserSession.stateOf(state.userSession));
    this.#target = originalUrl;
  }

  override get path(): string | null {
    return pathOf(this.#target);
  }
}

/**
 * Creates a guard, which responds with 401 to a request without a live session, or if the user's authentication is too
 * weak or too old (RFC 9470). Mount it after `userSessions`. Throws a `TypeError` that names a property of
 * `requirement` which is wrong.
 *
 * @example
 * import { requireSession } from '@pip-sessions/client/koa';
 *
 * router.post('/transfer', requireSession({ level: 2, max_age_s: 300 }), (ctx) => void (ctx.status = 204));
 */
export function requireSession(requirement: SessionRequirement = {}): Middleware {
  const required = checkedRequirement(requirement);
  return async function requireSession(ctx, next) {
    const rejection = userSessionOf(ctx).rejection(required);
    if (rejection) sendRejection(ctx, rejection);
    else await next();
  };
}

/**
 * Returns `ctx.state.userSession` with the application's own types. Throws an `Error` if `userSessions` is not mounted
 * before.
 *
 * @example
 * import { userSessionOf } from '@pip-sessions/client/koa';
 *
 * router.get('/cart', (ctx) => {
 *   ctx.body = userSessionOf<unknown, { cart: string[] }>(ctx).current?.data.cart ?? [];
 * });
 */
export function userSessionOf<User = unknown, Data = unknown>({ state }: Context): UserSession<User, Data> {
  if (state.userSession) return state.userSession as UserSession<User, Data>;
  throw new Error('ctx.state.userSession is missing: call app.use(userSessions(…)) before this handler.');
}

/**
 * Responds with a `SessionRejection`: an RFC 9457 problem with its headers. Use it in middleware of your own.
 *
 * @example
 * import { rejectionOf, sendRejection } from '@pip-sessions/client/koa';
 *
 * router.use(async (ctx, next) => {
 *   try {
 *     await next();
 *   } catch (error) {
 *     const rejection = rejectionOf(error);
 *     if (!rejection) throw error;
 *     sendRejection(ctx, rejection);
 *   }
 * });
 */
export function sendRejection(ctx: ParameterizedContext, { status, headers, body }: SessionRejection): void {
  ctx.status = status;
  ctx.set({ ...headers, 'content-type': PROBLEM_TYPE });
  ctx.body = body;
}
