/**
 * Session plugin for Fastify 5.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { requireSession, userSessions } from '@pip-sessions/client/fastify';
 * import fastify from 'fastify';
 *
 * const app = fastify();
 * await app.register(userSessions, { client: createSessionsClient({ url: 'http://localhost:8080', key }) });
 * app.post('/login', async (request) => {
 *   const user_id = '1'; // of the user whom the application has authenticated
 *   await request.userSession.login({ user_id, auth_methods: ['pwd'] });
 *   return { welcome: user_id };
 * });
 * app.get('/me', { onRequest: requireSession() }, async ({ userSession }) => ({ user_id: userSession.required.user_id }));
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { authenticate, isRejection } from '../middleware/authenticate.ts';
import { withCookie } from '../middleware/cookies/cookies.ts';
import type { Exchange } from '../middleware/http-adapter.ts';
import { PROBLEM_TYPE, type SessionRejection } from '../middleware/rejections/rejections.ts';
import { checkedRequirement, type SessionRequirement } from '../middleware/requirement.ts';
import { type PassiveOption, passiveOf, toSettings, type UserSessionsOptions } from '../middleware/settings.ts';
import { UserSession } from '../middleware/user-session.ts';
import { pathOf } from './node-http.ts';
import { enforceNoStore } from './node-no-store.ts';

export type { LoginOptions } from '../middleware/login-options.ts';
export { rejectionOf } from '../middleware/rejections/rejection-of.ts';
export { type RejectionCode, SessionRejection } from '../middleware/rejections/rejections.ts';
export type { SessionRequirement } from '../middleware/requirement.ts';
export type { CookieLifetime, PassiveOption, SessionsAccess, UserSessionsOptions } from '../middleware/settings.ts';
export type { SessionOf, UserSession } from '../middleware/user-session.ts';
export type { DevicesRequest } from '../v2/own-sessions.ts';
export { type EnteredUpgrade, upgradeSessions } from './node-upgrade.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `userSessions`. The name is not `session`, which @fastify/session uses. */
    userSession: UserSession;
  }
}

/**
 * A plugin that finds the session of each request of the instance that registers it, and sets `request.userSession`. A
 * request with a token gets a 503 while the service is unavailable. The registration fails with a `TypeError` that
 * names an option which is wrong.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { userSessions } from '@pip-sessions/client/fastify';
 * import fastify from 'fastify';
 *
 * const app = fastify();
 * await app.register(userSessions, { client: createSessionsClient({ url: 'http://localhost:8080', key }) });
 */
export async function userSessions(
  app: FastifyInstance,
  options: UserSessionsOptions & PassiveOption<FastifyRequest>,
): Promise<void> {
  const settings = toSettings(withoutPluginOptions(options));
  const isPassive = passiveOf(options);
  if (!app.hasRequestDecorator('userSession')) app.decorateRequest('userSession');
  app.addHook('onRequest', async function userSessions(request, reply) {
    const entered = await authenticate(settings, exchangeOf(request, reply), isPassive(request));
    if (isRejection(entered)) return sendRejection(reply, entered);
    request.userSession = entered;
    return undefined;
  });
}

/** Fastify passes its own options of `register` to the plugin too. */
function withoutPluginOptions<O extends object>(options: O): O {
  const { prefix: _, logLevel: __, logSerializers: ___, ...own } = options as O & Record<string, unknown>;
  return own as unknown as O;
}

// The properties that fastify-plugin sets: the hook applies to the instance that registers it, not to a child of it.
Object.assign(userSessions, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: '@pip-sessions/client/fastify',
});

/**
 * Creates a guard, which responds with 401 to a request without a live session, or if the user's authentication is too
 * weak or too old (RFC 9470). Throws a `TypeError` that names a property of `requirement` which is wrong.
 *
 * @example
 * import { requireSession } from '@pip-sessions/client/fastify';
 *
 * app.post('/transfer', { onRequest: requireSession({ level: 2, max_age_s: 300 }) }, async () => 'done');
 */
export function requireSession(requirement: SessionRequirement = {}): onRequestAsyncHookHandler {
  const required = checkedRequirement(requirement);
  return async function requireSession(request, reply) {
    const rejection = userSessionOf(request).rejection(required);
    return rejection ? sendRejection(reply, rejection) : undefined;
  };
}

/**
 * Returns `request.userSession` with the application's own types. Throws an `Error` if `userSessions` is not
 * registered.
 *
 * @example
 * import { userSessionOf } from '@pip-sessions/client/fastify';
 *
 * app.get('/cart', async (request) => userSessionOf<unknown, { cart: string[] }>(request).current?.data.cart ?? []);
 */
export function userSessionOf<User = unknown, Data = unknown>({
  userSession,
}: FastifyRequest): UserSession<User, Data> {
  if (!userSession)
    throw new Error('request.userSession is missing: call app.register(userSessions, …) before this route.');
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
      // Fastify appends to the lines that are set.
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
 * Responds with a `SessionRejection`: an RFC 9457 problem with its headers. Use it where an application catches errors:
 * Fastify's own handler sends the status and the headers of a thrown rejection, but another body.
 *
 * @example
 * import { SessionRejection, sendRejection } from '@pip-sessions/client/fastify';
 *
 * app.setErrorHandler((error, _request, reply) => {
 *   if (error instanceof SessionRejection) return sendRejection(reply, error);
 *   throw error;
 * });
 */
export function sendRejection(reply: FastifyReply, { status, headers, body }: SessionRejection): FastifyReply {
  return reply.code(status).headers(headers).type(PROBLEM_TYPE).send(body);
}
