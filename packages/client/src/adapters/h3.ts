/**
 * Session middleware for H3, versions 1 and 2, and for Nitro and Nuxt, which are built on it.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { requireSession, userSessions } from '@pip-sessions/client/h3';
 * import { H3 } from 'h3';
 *
 * const app = new H3();
 * app.use(userSessions({ client: createSessionsClient({ url: 'http://localhost:8080', key }) }));
 * app.post('/login', async ({ context }) => {
 *   const user_id = '1'; // of the user whom the application has authenticated
 *   await context.userSession.login({ user_id, auth_methods: ['pwd'] });
 *   return { welcome: user_id };
 * });
 * app.use('/me', requireSession());
 * app.get('/me', ({ context }) => ({ user_id: context.userSession.required.user_id }));
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type {} from 'h3';
import { authenticate, isRejection, withoutSession } from '../middleware/authenticate.ts';
import { rejectionOf } from '../middleware/rejections/rejection-of.ts';
import { PROBLEM_TYPE, type SessionRejection } from '../middleware/rejections/rejections.ts';
import { checkedRequirement, type SessionRequirement } from '../middleware/requirement.ts';
import { type PassiveOption, passiveOf, toSettings, type UserSessionsOptions } from '../middleware/settings.ts';
import { UserSession } from '../middleware/user-session.ts';
import { userSessions as enterer } from './fetch.ts';
import { responseWith, type WebEvent } from './h3-response.ts';
import { NodeExchange } from './node-http.ts';

export type { LoginOptions } from '../middleware/login-options.ts';
export { rejectionOf } from '../middleware/rejections/rejection-of.ts';
export { type RejectionCode, SessionRejection } from '../middleware/rejections/rejections.ts';
export type { SessionRequirement } from '../middleware/requirement.ts';
export type { CookieLifetime, PassiveOption, SessionsAccess, UserSessionsOptions } from '../middleware/settings.ts';
export type { SessionOf, UserSession } from '../middleware/user-session.ts';
export type { DevicesRequest } from '../v2/own-sessions.ts';
export type { WebEvent } from './h3-response.ts';

declare module 'h3' {
  interface H3EventContext {
    /** Set by `userSessions`. */
    userSession: UserSession;
  }
}

/** The properties of an event of H3 1 that the middleware uses. */
export interface NodeEvent {
  /** Gets `userSession`. */
  readonly context: object;
  /** The request and the response of Node. */
  readonly node: { readonly req: IncomingMessage; readonly res: ServerResponse };
}

type Next = () => unknown;

/**
 * Creates middleware that finds the session of each request and sets `event.context.userSession`. A request with a token
 * gets a 503 while the service is unavailable. Throws a `TypeError` that names an option which is wrong. In Nitro and
 * Nuxt, export it from a file in `server/middleware`. Mount it before other middleware that sets headers.
 *
 * @example
 * import { userSessions } from '@pip-sessions/client/h3';
 *
 * export default userSessions({ client });
 */
export function userSessions(options: UserSessionsOptions & PassiveOption<Request | IncomingMessage>) {
  const enter = enterer(options);
  const settings = toSettings(options);
  const isPassive = passiveOf(options);

  async function enterWeb(event: WebEvent, next: Next): Promise<unknown> {
    const { rejection, userSession, respond } = await enter(event.req);
    if (rejection) return rejection;
    contextOf(event).userSession = userSession;
    try {
      return responseWith(respond, event, await next());
    } catch (error) {
      const rejection = rejectionOf(error);
      if (rejection) return respond(rejection.getResponse());
      responseWith(respond, event, null);
      throw error;
    }
  }

  async function enterNode(event: NodeEvent): Promise<void> {
    const { req, res } = event.node;
    const context = contextOf(event);
    const exchange = new NodeExchange(req, res, UserSession.stateOf(context.userSession));
    const entered = await authenticate(settings, exchange, isPassive(req));
    // A handler that runs in spite of the rejection finds no session.
    context.userSession = isRejection(entered) ? withoutSession(settings, exchange) : entered;
    if (isRejection(entered)) sendRejection(event, entered);
  }

  // H3 2 passes `next` to middleware.
  const userSessions = (event: WebEvent | NodeEvent, next?: Next): Promise<unknown> =>
    'node' in event && next === undefined ? enterNode(event) : enterWeb(event as WebEvent, next ?? (() => undefined));
  return Object.assign(userSessions, IS_HANDLER);
}

function contextOf({ context }: WebEvent | NodeEvent): { userSession?: UserSession } {
  return context;
}

/** H3 1 prints a warning about functions without this property. */
const IS_HANDLER = { __is_handler__: true } as const;

/**
 * Creates a guard, which responds with 401 to a request without a live session, or if the user's authentication is too
 * weak or too old (RFC 9470). Mount it after `userSessions`. Throws a `TypeError` that names a property of
 * `requirement` which is wrong.
 *
 * @example
 * import { requireSession } from '@pip-sessions/client/h3';
 * import { H3 } from 'h3';
 *
 * const app = new H3();
 * app.use('/transfer', requireSession({ level: 2, max_age_s: 300 }));
 */
export function requireSession(requirement: SessionRequirement = {}) {
  const required = checkedRequirement(requirement);
  const requireSession = (event: WebEvent | NodeEvent, next?: Next): Response | undefined => {
    const { userSession } = contextOf(event);
    if (!userSession)
      throw new Error('event.context.userSession is missing: mount userSessions(…) before this handler.');
    const rejection = userSession.rejection(required);
    if (rejection === null) return undefined;
    if (next !== undefined) return rejection.getResponse();
    sendRejection(event as NodeEvent, rejection);
    return undefined;
  };
  return Object.assign(requireSession, IS_HANDLER);
}

/**
 * Responds with a `SessionRejection` in H3 1, where an application handles errors: `onError`, or `errorHandler` of Nitro
 * and Nuxt. Otherwise a thrown rejection gets its status, but another body and no headers. H3 2 does not need it.
 *
 * @example
 * import { type NodeEvent, rejectionOf, sendRejection } from '@pip-sessions/client/h3';
 *
 * export default function handleError(error: Error, event: NodeEvent) {
 *   const rejection = rejectionOf(error.cause ?? error);
 *   if (rejection) sendRejection(event, rejection);
 * }
 */
export function sendRejection({ node: { res } }: NodeEvent, { status, headers, body }: SessionRejection): void {
  if (res.headersSent) return;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.writeHead(status, { 'content-type': PROBLEM_TYPE }).end(body);
}
