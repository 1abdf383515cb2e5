/**
 * Sessions of users in Express 5; nothing here needs more of it than Node's own request and response.
 *
 * @example
 * app.use(userSessions({ client: createSessionsClient({ url, key }) }));
 * app.post('/login', async (req, res) => {
 *   const user = await authenticate(req.body); // the application's own
 *   await req.userSession.login({ user_id: user.id, auth_methods: ['pwd'] });
 *   res.json({ welcome: user.name });
 * });
 * app.get('/me', requireSession(), (req, res) => res.json({ user_id: req.userSession.required.user_id }));
 * app.post('/transfer', requireSession({ level: 2, max_age_s: 300 }), transfer);
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticate, isRefusal, nobody } from '../middleware/authenticate.ts';
import { PROBLEM_TYPE, type SessionRefusal } from '../middleware/rejections.ts';
import { checkedRequirement, type SessionRequirement } from '../middleware/requirement.ts';
import { toSettings, type UserSessionsOptions } from '../middleware/settings.ts';
import { UserSession } from '../middleware/user-session.ts';
import { NodeExchange } from './node-http.ts';

export { refusalOf } from '../middleware/refusal-of.ts';
export { type RefusalCode, SessionRefusal } from '../middleware/rejections.ts';
export type { SessionRequirement } from '../middleware/requirement.ts';
export type { CookieLifetime, SessionsAccess, UserSessionsOptions } from '../middleware/settings.ts';
export type { LoginOptions, SessionOf, UserSession } from '../middleware/user-session.ts';
export { type EnteredUpgrade, upgradeSessions } from './node-upgrade.ts';

declare global {
  namespace Express {
    interface Request {
      /** Set by `userSessions`. Not `session`, which is what express-session calls its own. */
      userSession: UserSession;
    }
  }
}

type Request = IncomingMessage & { userSession?: UserSession };
type Next = (error?: unknown) => void;
type Middleware = (req: IncomingMessage, res: ServerResponse, next: Next) => void;

/**
 * Finds out whose session each request belongs to, before the handlers that ask `req.userSession`. Mount it where
 * sessions matter: a request with a token is answered 503 while the service is away. Throws a `TypeError` that names the
 * option which is wrong.
 */
export function userSessions(options: UserSessionsOptions): Middleware {
  const settings = toSettings(options);
  return function userSessions(req: Request, res, next) {
    const exchange = new NodeExchange(req, isResponse(res) ? res : null, UserSession.stateOf(req.userSession));
    const proceed = (entered: UserSession | SessionRefusal) => {
      // A handler that goes on all the same finds nobody.
      req.userSession = isRefusal(entered) ? nobody(settings, exchange) : entered;
      if (isRefusal(entered)) sendRefusal(res, entered, next);
      else next();
    };
    const entered = authenticate(settings, exchange);
    if (entered instanceof Promise) entered.then(proceed).catch(next);
    else proceed(entered);
  };
}

/** Answers 401 without a live session, or with one whose user has proved too little (RFC 9470). */
export function requireSession(requirement: SessionRequirement = {}): Middleware {
  const required = checkedRequirement(requirement);
  return function requireSession(req, res, next) {
    const refusal = userSessionOf(req).refusal(required);
    if (refusal) sendRefusal(res, refusal, next);
    else next();
  };
}

/** `req.userSession` with the application's own types. Throws when no `userSessions` stands before. */
export function userSessionOf<User = unknown, Data = unknown>(req: IncomingMessage): UserSession<User, Data> {
  const { userSession } = req as Request;
  if (!userSession) throw new Error('No session was looked for: app.use(userSessions(…)) before this handler.');
  return userSession as UserSession<User, Data>;
}

/**
 * Answers a request with a refusal, as an RFC 9457 problem with its headers. For what catches errors in an application:
 * the handlers of frameworks know the status, and not all of them the headers and the body. Where nothing can be
 * answered any more, `next` gets the refusal.
 *
 * @example
 * // Nest
 * @Catch(SessionRefusal)
 * class SessionRefusalFilter {
 *   catch(refusal, host) {
 *     sendRefusal(host.switchToHttp().getResponse(), refusal);
 *   }
 * }
 */
export function sendRefusal(res: ServerResponse, refusal: SessionRefusal, next: Next = () => {}): void {
  if (!isResponse(res) || res.headersSent) {
    next(refusal);
    return;
  }
  const { status, headers, body } = refusal;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.writeHead(status, { 'content-type': PROBLEM_TYPE }).end(body);
}

/** Libraries for WebSockets call middleware with an object in place of a response, since an upgrade has none. */
function isResponse(res: Partial<ServerResponse>): boolean {
  return typeof res.setHeader === 'function' && typeof res.writeHead === 'function';
}
