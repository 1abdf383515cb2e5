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
import { withCookie } from './middleware/cookies.ts';
import { enter, isRefusal } from './middleware/entrance.ts';
import type { ReplyHeaders, RequestView } from './middleware/exchange.ts';
import { PROBLEM_TYPE, type SessionRefusal } from './middleware/refusals.ts';
import { checkedRequirement, type SessionRequirement } from './middleware/requirement.ts';
import { type Settings, toSettings, type UserSessionsOptions } from './middleware/settings.ts';
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
    enter(settings, viewOf(req), replyOf(res, settings)).then((entered) => {
      if (isRefusal(entered)) return refuse(res, entered);
      req.userSession = entered;
      next();
    }, next);
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

function viewOf({ method = '', headers }: IncomingMessage): RequestView {
  const header = (name: string) => headers[name]?.toString() ?? null;
  return { method, host: header(':authority') ?? header('host'), header };
}

function replyOf(res: ServerResponse, { cookie }: Settings): ReplyHeaders {
  return {
    setCookie: (line) => {
      const lines = [res.getHeader('set-cookie') ?? []].flat().map(String);
      res.setHeader('set-cookie', withCookie(lines, cookie, line));
    },
    forbidStore: () => res.setHeader('cache-control', 'no-store'),
  };
}

function refuse(res: ServerResponse, { status, headers, body }: SessionRefusal): void {
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.writeHead(status, { 'content-type': PROBLEM_TYPE }).end(body);
}
