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
import { enter, isRefusal } from './middleware/entrance.ts';
import { NodeExchange } from './middleware/node-exchange.ts';
import { PROBLEM_TYPE, type SessionRefusal } from './middleware/refusals.ts';
import { checkedRequirement, type SessionRequirement } from './middleware/requirement.ts';
import { toSettings, type UserSessionsOptions } from './middleware/settings.ts';
import type { UserSession } from './middleware/user-session.ts';

export { type RefusalCode, SessionRefusal } from './middleware/refusals.ts';
export type { SessionRequirement } from './middleware/requirement.ts';
export type { CookieLifetime, SessionsAccess, UserSessionsOptions } from './middleware/settings.ts';
export type { LoginOptions, SessionOf, UserSession } from './middleware/user-session.ts';

declare global {
  namespace Express {
    interface Request {
      /** Set by `userSessions`. Not `session`, which is what express-session calls its own. */
      userSession: UserSession;
    }
  }
}

type Request = IncomingMessage & { userSession?: UserSession };
type Middleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Finds out whose session each request belongs to, before the handlers that ask `req.userSession`. Mount it where
 * sessions matter: a request with a token is answered 503 while the service is away. Throws a `TypeError` that names the
 * option which is wrong.
 */
export function userSessions(options: UserSessionsOptions): Middleware {
  const settings = toSettings(options);
  return function userSessions(req: Request, res, next) {
    const entered = enter(settings, new NodeExchange(req, res, settings.cookie));
    if (entered instanceof Promise) entered.then((later) => proceed(later, req, res, next)).catch(next);
    else proceed(entered, req, res, next);
  };
}

/** Answers 401 without a live session, or with one whose user has proved too little (RFC 9470). */
export function requireSession(requirement: SessionRequirement = {}): Middleware {
  const required = checkedRequirement(requirement);
  return function requireSession(req, res, next) {
    const refusal = userSessionOf(req).refusal(required);
    if (refusal) refuse(res, refusal);
    else next();
  };
}

/** `req.userSession` with the application's own types. Throws when no `userSessions` stands before. */
export function userSessionOf<User = unknown, Data = unknown>(req: IncomingMessage): UserSession<User, Data> {
  const { userSession } = req as Request;
  if (!userSession) throw new Error('No session was looked for: app.use(userSessions(…)) before this handler.');
  return userSession as UserSession<User, Data>;
}

function proceed(entered: UserSession | SessionRefusal, req: Request, res: ServerResponse, next: () => void): void {
  if (isRefusal(entered)) {
    refuse(res, entered);
  } else {
    req.userSession = entered;
    next();
  }
}

function refuse(res: ServerResponse, { status, headers, body }: SessionRefusal): void {
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.writeHead(status, { 'content-type': PROBLEM_TYPE }).end(body);
}
