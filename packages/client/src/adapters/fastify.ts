/**
 * Sessions of users in Fastify 5.
 *
 * @example
 * await app.register(userSessions, { client: createSessionsClient({ url, key }) });
 * app.post('/login', async (request) => {
 *   const user = await authenticate(request.body); // the application's own
 *   await request.userSession.login({ user_id: user.id, auth_methods: ['pwd'] });
 *   return { welcome: user.name };
 * });
 * app.get('/me', { onRequest: requireSession() }, async ({ userSession }) => ({ user_id: userSession.required.user_id }));
 * app.post('/transfer', { onRequest: requireSession({ level: 2, max_age_s: 300 }) }, transfer);
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { authenticate, isRefusal } from '../middleware/authenticate.ts';
import { withCookie } from '../middleware/cookies.ts';
import type { Exchange } from '../middleware/http-adapter.ts';
import { PROBLEM_TYPE, type SessionRefusal } from '../middleware/rejections.ts';
import { checkedRequirement, type SessionRequirement } from '../middleware/requirement.ts';
import { toSettings, type UserSessionsOptions } from '../middleware/settings.ts';
import { UserSession } from '../middleware/user-session.ts';
import { pathOf } from './node-http.ts';
import { enforceNoStore } from './node-no-store.ts';

export { refusalOf } from '../middleware/refusal-of.ts';
export { type RefusalCode, SessionRefusal } from '../middleware/rejections.ts';
export type { SessionRequirement } from '../middleware/requirement.ts';
export type { CookieLifetime, SessionsAccess, UserSessionsOptions } from '../middleware/settings.ts';
export type { LoginOptions, SessionOf, UserSession } from '../middleware/user-session.ts';
export { type EnteredUpgrade, upgradeSessions } from './node-upgrade.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `userSessions`. Not `session`, which is what @fastify/session calls its own. */
    userSession: UserSession;
  }
}

/**
 * A plugin that finds out whose session each request belongs to, for the instance that it is registered in. A request
 * with a token is answered 503 while the service is away. Its registration fails with a `TypeError` that names the
 * option which is wrong.
 */
export async function userSessions(app: FastifyInstance, options: UserSessionsOptions): Promise<void> {
  const settings = toSettings(options);
  if (!app.hasRequestDecorator('userSession')) app.decorateRequest('userSession');
  app.addHook('onRequest', async function userSessions(request, reply) {
    const entered = await authenticate(settings, exchangeOf(request, reply));
    if (isRefusal(entered)) return sendRefusal(reply, entered);
    request.userSession = entered;
    return undefined;
  });
}

// What fastify-plugin would set: the hook is for the instance that registers it, not for one below.
Object.assign(userSessions, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: '@pip-sessions/client/fastify',
});

/** Answers 401 without a live session, or with one whose user has proved too little (RFC 9470). */
export function requireSession(requirement: SessionRequirement = {}): onRequestAsyncHookHandler {
  const required = checkedRequirement(requirement);
  return async function requireSession(request, reply) {
    const refusal = userSessionOf(request).refusal(required);
    return refusal ? sendRefusal(reply, refusal) : undefined;
  };
}

/** `request.userSession` with the application's own types. Throws when `userSessions` is not registered. */
export function userSessionOf<User = unknown, Data = unknown>({
  userSession,
}: FastifyRequest): UserSession<User, Data> {
  if (!userSession) throw new Error('No session was looked for: app.register(userSessions, …) before this route.');
  return userSession as UserSession<User, Data>;
}

function exchangeOf({ method, headers, originalUrl, userSession }: FastifyRequest, reply: FastifyReply): Exchange {
  const header = (name: string) => headers[name]?.toString() ?? null;
  const hasBegun = () => reply.sent || reply.raw.headersSent;
  const enforce = () => {
    if (!hasBegun()) enforceNoStore(reply.raw);
  };
  return {
    latest: UserSession.stateOf(userSession),
    method,
    host: header(':authority') ?? header('host'),
    path: pathOf(originalUrl),
    get hasBegun() {
      return hasBegun();
    },
    header,
    setCookie: (cookie, line) => {
      if (hasBegun()) return;
      const lines = withCookie([reply.getHeader('set-cookie') ?? []].flat().map(String), cookie, line);
      // Fastify adds to the lines that are there.
      reply.removeHeader('set-cookie');
      reply.header('set-cookie', lines);
      enforce();
    },
    forbidStore: () => {
      if (!hasBegun()) reply.header('cache-control', 'no-store');
    },
    enforceNoStore: enforce,
  };
}

/**
 * Answers a request with a refusal, as an RFC 9457 problem with its headers. For what catches errors in an application:
 * Fastify's own handler answers one that is thrown with its status and headers, and a body of its own.
 *
 * @example
 * app.setErrorHandler((error, _request, reply) => {
 *   if (error instanceof SessionRefusal) return sendRefusal(reply, error);
 *   throw error;
 * });
 */
export function sendRefusal(reply: FastifyReply, { status, headers, body }: SessionRefusal): FastifyReply {
  return reply.code(status).headers(headers).type(PROBLEM_TYPE).send(body);
}
