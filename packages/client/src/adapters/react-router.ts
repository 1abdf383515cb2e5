/**
 * Session middleware for React Router in framework mode.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { requireSession, userSessionContext, userSessions } from '@pip-sessions/client/react-router';
 * import type { LoaderFunctionArgs } from 'react-router';
 *
 * // in root.tsx:
 * const sessions = createSessionsClient({ url: 'http://localhost:8080', key });
 * export const middleware = [userSessions({ client: sessions })];
 *
 * // in a route that needs a session: export const middleware = [requireSession()];
 * export function loader({ context }: LoaderFunctionArgs) {
 *   return { user_id: context.get(userSessionContext).required.user_id };
 * }
 */
import type { MiddlewareFunction, RouterContext } from 'react-router';
import type { SessionRejection } from '../middleware/rejections/rejections.ts';
import { checkedRequirement, type SessionRequirement } from '../middleware/requirement.ts';
import type { PassiveOption, UserSessionsOptions } from '../middleware/settings.ts';
import type { UserSession } from '../middleware/user-session.ts';
import { userSessions as enterer } from './fetch.ts';
import { withRejections } from './react-router-rejections.ts';

export type { LoginOptions } from '../middleware/login-options.ts';
export { rejectionOf } from '../middleware/rejections/rejection-of.ts';
export { type RejectionCode, SessionRejection } from '../middleware/rejections/rejections.ts';
export type { SessionRequirement } from '../middleware/requirement.ts';
export type { CookieLifetime, PassiveOption, SessionsAccess, UserSessionsOptions } from '../middleware/settings.ts';
export type { SessionOf, UserSession } from '../middleware/user-session.ts';
export type { DevicesRequest } from '../v2/own-sessions.ts';

/** Middleware for a server, in framework mode and in data mode. */
type ServerMiddleware = (
  args: Parameters<MiddlewareFunction<Response>>[0],
  next: () => Promise<unknown>,
) => Promise<Response | undefined>;

/** The context of the session: `context.get(userSessionContext)` in loaders, actions and middleware. */
export const userSessionContext: RouterContext<UserSession> = {};

/**
 * Creates middleware that finds the session of each request. Put it into the root route, before other middleware. A
 * request with a token gets a 503 while the service is unavailable. A rejection that a loader or an action throws gets
 * its status: 401, 403 or 503. Throws a `TypeError` that names an option which is wrong.
 *
 * @example
 * import { userSessions } from '@pip-sessions/client/react-router';
 *
 * export const middleware = [userSessions({ client })];
 */
export function userSessions(options: UserSessionsOptions & PassiveOption<Request>): ServerMiddleware {
  const enter = enterer(options);
  return async function userSessions({ request, context }, next) {
    const { rejection, userSession, respond } = await enter(request);
    if (rejection) return rejection;
    let thrown: SessionRejection | null = null;
    context.set(
      userSessionContext,
      withRejections(userSession, (rejection) => {
        thrown = rejection;
      }),
    );
    const response = await next();
    if (!isResponse(response))
      throw new Error(
        'userSessions got no Response from React Router: let loaders and actions return one in data mode.',
      );
    // React Router responds to an error with 500 or more, also to the rejection.
    return respond(thrown !== null && response.status >= 500 ? responseTo(thrown, response) : response);
  };
}

/**
 * Creates a guard, which responds with 401 to a request without a live session, or if the user's authentication is too
 * weak or too old (RFC 9470). Throws a `TypeError` that names a property of `requirement` which is wrong. A route without
 * a loader needs an empty one: React Router runs middleware of the server for loaders and actions only.
 *
 * @example
 * import { requireSession } from '@pip-sessions/client/react-router';
 *
 * export const middleware = [requireSession({ level: 2, max_age_s: 300 })];
 */
export function requireSession(requirement: SessionRequirement = {}): ServerMiddleware {
  const required = checkedRequirement(requirement);
  return async function requireSession({ context }) {
    // It throws if there is no value: `userSessions` is missing in the root route.
    return context.get(userSessionContext).rejection(required)?.getResponse();
  };
}

function isResponse(value: unknown): value is Response {
  return typeof value === 'object' && value !== null && 'headers' in value && 'body' in value;
}

/** Pages keep the error page that React Router has rendered; the client of React Router keeps its own form. */
function responseTo(rejection: SessionRejection, response: Response): Response {
  const type = response.headers.get('content-type') ?? '';
  const isPage = /^text\/html/.test(type);
  if (!isPage && !/^text\/x-script/.test(type)) return rejection.getResponse();
  const { body, headers, status } = response;
  const changed = new Response(body, { status: isPage ? rejection.status : status, headers });
  for (const [name, value] of Object.entries(rejection.headers)) changed.headers.set(name, value);
  return changed;
}
