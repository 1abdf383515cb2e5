/**
 * Session middleware for every handler that takes a `Request` and returns a `Response`.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { requireSession, userSessions } from '@pip-sessions/client/fetch';
 *
 * const enter = userSessions({ client: createSessionsClient({ url: 'http://localhost:8080', key }) });
 *
 * async function handle(request: Request): Promise<Response> {
 *   const { rejection, userSession, respond } = await enter(request);
 *   if (rejection) return rejection;
 *   const tooWeak = requireSession(userSession, { level: 2 });
 *   if (tooWeak) return respond(tooWeak);
 *   return respond(Response.json({ user_id: userSession.required.user_id }));
 * }
 */
import { authenticate, isRejection } from '../middleware/authenticate.ts';
import { checkedRequirement, type SessionRequirement } from '../middleware/requirement.ts';
import { type PassiveOption, passiveOf, toSettings, type UserSessionsOptions } from '../middleware/settings.ts';
import type { UserSession } from '../middleware/user-session.ts';
import { fetchExchangeOf } from './fetch-http.ts';

export type { LoginOptions } from '../middleware/login-options.ts';
export { rejectionOf } from '../middleware/rejections/rejection-of.ts';
export { type RejectionCode, SessionRejection } from '../middleware/rejections/rejections.ts';
export type { SessionRequirement } from '../middleware/requirement.ts';
export type { CookieLifetime, PassiveOption, SessionsAccess, UserSessionsOptions } from '../middleware/settings.ts';
export type { SessionOf, UserSession } from '../middleware/user-session.ts';
export type { DevicesRequest } from '../v2/own-sessions.ts';

/** The result for a request: its session, or the response that rejects it. */
export type Entered<User, Data> =
  | {
      /** The response that rejects the request: send it as it is. */
      readonly rejection: Response;
      readonly userSession?: never;
      readonly respond?: never;
    }
  | {
      readonly rejection?: never;
      /** The session of the request. */
      readonly userSession: UserSession<User, Data>;
      /**
       * Adds the cookie and `Cache-Control` to a response. Call it for every response, after all other headers are set.
       */
      readonly respond: (response: Response) => Response;
    };

/**
 * Creates a function that finds the session of a request. A request with a token gets a 503 while the service is
 * unavailable. Throws a `TypeError` that names an option which is wrong. The function that it returns rejects
 * only if `passive` throws.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { userSessions } from '@pip-sessions/client/fetch';
 *
 * const enter = userSessions({ client: createSessionsClient({ url: 'http://localhost:8080', key }) });
 * const { rejection, userSession, respond } = await enter(new Request('http://localhost/'));
 * const response = rejection ?? respond(Response.json({ user_id: userSession.current?.user_id }));
 */
export function userSessions<User = unknown, Data = unknown>(
  options: UserSessionsOptions & PassiveOption<Request>,
): (request: Request) => Promise<Entered<User, Data>> {
  const settings = toSettings(options);
  const isPassive = passiveOf(options);
  return async function enterWithSession(request) {
    const exchange = fetchExchangeOf(request);
    const leave = exchange.mount();
    const entered = await authenticate(settings, exchange, isPassive(request));
    if (isRejection(entered)) {
      leave();
      return { rejection: entered.getResponse() };
    }
    const respond = (response: Response) => {
      leave();
      return exchange.applyTo(response);
    };
    return { userSession: entered as UserSession<User, Data>, respond };
  };
}

/**
 * Returns the response 401 for a request without a live session, or if the user's authentication is too weak or too old
 * (RFC 9470); else null. Throws a `TypeError` that names a property of `requirement` which is wrong.
 *
 * @example
 * import { requireSession } from '@pip-sessions/client/fetch';
 *
 * const rejection = requireSession(userSession, { level: 2, max_age_s: 300 });
 * if (rejection) console.log(rejection.status); // 401
 */
export function requireSession(userSession: UserSession, requirement: SessionRequirement = {}): Response | null {
  return userSession.rejection(checkedRequirement(requirement))?.getResponse() ?? null;
}
