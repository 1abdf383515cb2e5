/**
 * Sessions of users wherever a handler takes a `Request` and answers a `Response`.
 *
 * @example
 * const enter = userSessions({ client: createSessionsClient({ url, key }) });
 *
 * async function handle(request: Request): Promise<Response> {
 *   const { refused, userSession, respond } = await enter(request);
 *   if (refused) return refused;
 *   const tooLittle = requireSession(userSession, { level: 2 });
 *   if (tooLittle) return tooLittle;
 *   return respond(Response.json({ user_id: userSession.required.user_id }));
 * }
 */
import { authenticate, isRefusal } from '../middleware/authenticate.ts';
import { checkedRequirement, type SessionRequirement } from '../middleware/requirement.ts';
import { toSettings, type UserSessionsOptions } from '../middleware/settings.ts';
import type { UserSession } from '../middleware/user-session.ts';
import { fetchExchangeOf } from './fetch-http.ts';

export { refusalOf } from '../middleware/refusal-of.ts';
export { type RefusalCode, SessionRefusal } from '../middleware/rejections.ts';
export type { SessionRequirement } from '../middleware/requirement.ts';
export type { CookieLifetime, SessionsAccess, UserSessionsOptions } from '../middleware/settings.ts';
export type { LoginOptions, SessionOf, UserSession } from '../middleware/user-session.ts';

/** A request whose session is known, or the answer that it gets instead. */
export type Entered<User, Data> =
  | { readonly refused: Response; readonly userSession?: never; readonly respond?: never }
  | {
      readonly refused?: never;
      readonly userSession: UserSession<User, Data>;
      /** Adds the cookie and `Cache-Control` to the answer. Each answer has to pass it, when all other headers are set. */
      readonly respond: (response: Response) => Response;
    };

/**
 * Finds out whose session a request belongs to. A request with a token gets a 503 while the service is away. Throws a
 * `TypeError` that names the option which is wrong; the function that it answers never rejects.
 */
export function userSessions<User = unknown, Data = unknown>(
  options: UserSessionsOptions,
): (request: Request) => Promise<Entered<User, Data>> {
  const settings = toSettings(options);
  return async function enterWithSession(request) {
    const exchange = fetchExchangeOf(request);
    const leave = exchange.mount();
    const entered = await authenticate(settings, exchange);
    if (isRefusal(entered)) {
      leave();
      return { refused: entered.getResponse() };
    }
    const respond = (response: Response) => {
      leave();
      return exchange.applyTo(response);
    };
    return { userSession: entered as UserSession<User, Data>, respond };
  };
}

/** The answer to a request without a live session, or with one whose user has proved too little; else null. */
export function requireSession(userSession: UserSession, requirement: SessionRequirement = {}): Response | null {
  return userSession.refusal(checkedRequirement(requirement))?.getResponse() ?? null;
}
