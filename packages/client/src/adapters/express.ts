/**
 * Session middleware for Express 5. It needs no more of Express than the request and the response of Node.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { requireSession, userSessions } from '@pip-sessions/client/express';
 * import express from 'express';
 *
 * const app = express();
 * app.use(userSessions({ client: createSessionsClient({ url: 'http://localhost:8080', key }) }));
 * app.post('/login', async (req, res) => {
 *   const user_id = '1'; // of the user whom the application has authenticated
 *   await req.userSession.login({ user_id, auth_methods: ['pwd'] });
 *   res.json({ welcome: user_id });
 * });
 * app.get('/me', requireSession(), (req, res) => void res.json({ user_id: req.userSession.required.user_id }));
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticate, isRejection, withoutSession } from '../middleware/authenticate.ts';
import { PROBLEM_TYPE, type SessionRejection } from '../middleware/rejections/rejections.ts';
import { checkedRequirement, type SessionRequirement } from '../middleware/requirement.ts';
import { type PassiveOption, passiveOf, toSettings, type UserSessionsOptions } from '../middleware/settings.ts';
import { UserSession } from '../middleware/user-session.ts';
import { NodeExchange } from './node-http.ts';

export type { LoginOptions } from '../middleware/login-options.ts';
export { rejectionOf } from '../middleware/rejections/rejection-of.ts';
export { type RejectionCode, SessionRejection } from '../middleware/rejections/rejections.ts';
export type { SessionRequirement } from '../middleware/requirement.ts';
export type { CookieLifetime, PassiveOption, SessionsAccess, UserSessionsOptions } from '../middleware/settings.ts';
export type { SessionOf, UserSession } from '../middleware/user-session.ts';
export type { DevicesRequest } from '../v2/own-sessions.ts';
export { type EnteredUpgrade, upgradeSessions } from './node-upgrade.ts';

declare global {
  namespace Express {
    interface Request {
      /** Set by `userSessions`. The name is not `session`, which express-session uses. */
      userSession: UserSession;
    }
  }
}

type Request = IncomingMessage & { userSession?: UserSession };
type Next = (error?: unknown) => void;
type Middleware = (req: IncomingMessage, res: ServerResponse, next: Next) => void;

/**
 * Creates middleware that finds the session of each request and sets `req.userSession`. Mount it where sessions matter:
 * a request with a token gets a 503 while the service is unavailable. Throws a `TypeError` that names an option which
 * is wrong.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { userSessions } from '@pip-sessions/client/express';
 * import express from 'express';
 *
 * const app = express();
 * app.use(userSessions({ client: createSessionsClient({ url: 'http://localhost:8080', key }) }));
 */
export function userSessions<R extends IncomingMessage = IncomingMessage>(
  options: UserSessionsOptions & PassiveOption<R>,
): Middleware {
  const settings = toSettings(options);
  const isPassive = passiveOf(options);
  return function userSessions(req: Request, res, next) {
    const exchange = new NodeExchange(req, isResponse(res) ? res : null, UserSession.stateOf(req.userSession));
    const proceed = (entered: UserSession | SessionRejection) => {
      // A handler that runs in spite of the rejection finds no session.
      req.userSession = isRejection(entered) ? withoutSession(settings, exchange) : entered;
      if (isRejection(entered)) sendRejection(res, entered, next);
      else next();
    };
    const entered = authenticate(settings, exchange, isPassive(req as IncomingMessage as R));
    if (entered instanceof Promise) entered.then(proceed).catch(next);
    else proceed(entered);
  };
}

/**
 * Creates a guard, which responds with 401 to a request without a live session, or if the user's authentication is too
 * weak or too old (RFC 9470). Mount it after `userSessions`. Throws a `TypeError` that names a property of
 * `requirement` which is wrong.
 *
 * @example
 * import { requireSession } from '@pip-sessions/client/express';
 *
 * app.post('/transfer', requireSession({ level: 2, max_age_s: 300 }), (req, res) => void res.sendStatus(204));
 */
export function requireSession(requirement: SessionRequirement = {}): Middleware {
  const required = checkedRequirement(requirement);
  return function requireSession(req, res, next) {
    const rejection = userSessionOf(req).rejection(required);
    if (rejection) sendRejection(res, rejection, next);
    else next();
  };
}

/**
 * Returns `req.userSession` with the application's own types. Throws an `Error` if `userSessions` is not mounted
 * before.
 *
 * @example
 * import { userSessionOf } from '@pip-sessions/client/express';
 *
 * app.get('/cart', (req, res) => {
 *   const { current } = userSessionOf<unknown, { cart: string[] }>(req);
 *   res.json(current?.data.cart ?? []);
 * });
 */
export function userSessionOf<User = unknown, Data = unknown>(req: IncomingMessage): UserSession<User, Data> {
  const { userSession } = req as Request;
  if (!userSession) throw new Error('req.userSession is missing: call app.use(userSessions(…)) before this handler.');
  return userSession as UserSession<User, Data>;
}

/**
 * Responds with a `SessionRejection`: an RFC 9457 problem with its headers. Use it where an application catches errors:
 * not all handlers of frameworks send the headers and the body. If no response can be sent any more, `next` gets the
 * rejection.
 *
 * @example
 * import { SessionRejection, sendRejection } from '@pip-sessions/client/express';
 * import type { NextFunction, Request, Response } from 'express';
 *
 * app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
 *   if (error instanceof SessionRejection) sendRejection(res, error, next);
 *   else next(error);
 * });
 */
export function sendRejection(res: ServerResponse, rejection: SessionRejection, next: Next = () => {}): void {
  if (!isResponse(res) || res.headersSent) {
    next(rejection);
    return;
  }
  const { status, headers, body } = rejection;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.writeHead(status, { 'content-type': PROBLEM_TYPE }).end(body);
}

/** WebSocket libraries call middleware with another object as the response, since an upgrade has none. */
function isResponse(res: Partial<ServerResponse>): boolean {
  return typeof res.setHeader === 'function' && typeof res.writeHead === 'function';
}
