/**
 * Sessions for the App Router of Next.js: route handlers, `proxy`, server actions and server components.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { userSessions } from '@pip-sessions/client/next';
 * import { cookies, headers } from 'next/headers';
 *
 * export const sessions = userSessions({
 *   client: createSessionsClient({ url: 'http://localhost:8080', key }),
 *   headers,
 *   cookies,
 * });
 */
import { authenticate, isRejection } from '../middleware/authenticate.ts';
import { rejectionOf } from '../middleware/rejections/rejection-of.ts';
import type { SessionRejection } from '../middleware/rejections/rejections.ts';
import { type PassiveOption, passiveOf, toSettings, type UserSessionsOptions } from '../middleware/settings.ts';
import type { UserSession } from '../middleware/user-session.ts';
import { userSessions as enterer } from './fetch.ts';
import { FetchExchange } from './fetch-http.ts';
import { type CookieStore, storeCookies } from './next-cookies.ts';

export type { LoginOptions } from '../middleware/login-options.ts';
export { rejectionOf } from '../middleware/rejections/rejection-of.ts';
export { type RejectionCode, SessionRejection } from '../middleware/rejections/rejections.ts';
export type { SessionRequirement } from '../middleware/requirement.ts';
export type { CookieLifetime, PassiveOption, SessionsAccess, UserSessionsOptions } from '../middleware/settings.ts';
export type { SessionOf, UserSession } from '../middleware/user-session.ts';
export type { DevicesRequest } from '../v2/own-sessions.ts';
export { requireSession } from './fetch.ts';
export type { CookieStore } from './next-cookies.ts';

type ReceivedHeaders = Pick<Headers, 'get' | 'forEach'>;

/** The functions of `next/headers`, which find the request of a server component or a server action. */
export interface NextRequestOptions {
  /** `headers` of `next/headers`. */
  readonly headers: () => Promise<ReceivedHeaders>;
  /** `cookies` of `next/headers`. */
  readonly cookies: () => Promise<CookieStore>;
}

/** The sessions of an application of Next.js. */
export interface NextUserSessions<User, Data> {
  /**
   * Creates a route handler, or the function `proxy`, from a handler of a session. A request that is rejected, and a
   * handler that throws a rejection, get its response: 401, 403 or 503.
   */
  route<R extends Request, Rest extends readonly unknown[]>(
    handle: (userSession: UserSession<User, Data>, request: R, ...rest: Rest) => Response | Promise<Response>,
  ): (request: R, ...rest: Rest) => Promise<Response>;
  /**
   * Creates a server action from a function of a session. It throws a `SessionRejection` before the function runs if
   * the request is rejected. Cookies are set, also if the function redirects.
   */
  action<Input extends readonly unknown[], Output>(
    run: (userSession: UserSession<User, Data>, ...input: Input) => Output | Promise<Output>,
  ): (...input: Input) => Promise<Output>;
  /**
   * Returns the session for a server component, which can set no cookie: `login`, `logout` and `rotate` reject with the
   * code `RESPONSE_BEGUN`. In the request of an action, it is the session after the action. All components of a request
   * share one call of the service. Rejects with a `SessionRejection` (503) while the service is unavailable.
   */
  page(): Promise<UserSession<User, Data>>;
}

/** Next does not show the path of a page to its components and actions, so no path of `cross_site_paths` applies. */
const UNKNOWN_PATH = '/%00';

/**
 * Creates the sessions of an application, once, in a module that its routes, actions and components import. Throws a
 * `TypeError` that names an option which is wrong. For actions and components, `passive` gets a request with the path
 * `/%00`, because Next does not show theirs.
 *
 * @example
 * import { requireSession, userSessions } from '@pip-sessions/client/next';
 * import { cookies, headers } from 'next/headers';
 *
 * const sessions = userSessions({ client, headers, cookies });
 * export const GET = sessions.route((userSession) => {
 *   return requireSession(userSession) ?? Response.json({ user_id: userSession.required.user_id });
 * });
 */
export function userSessions<User = unknown, Data = unknown>({
  headers,
  cookies,
  ...options
}: UserSessionsOptions & PassiveOption<Request> & NextRequestOptions): NextUserSessions<User, Data> {
  const enter = enterer<User, Data>(options);
  const settings = toSettings(options);
  const isPassive = passiveOf(options);
  /** By the headers of the request: Next passes one object to an action and to the components that it renders. */
  const results = new WeakMap<object, Promise<UserSession | SessionRejection>>();

  /** Returns the exchange of this request, and stores its result for the components that are rendered later. */
  function begin(method: string, received: ReceivedHeaders) {
    const copy = new Headers();
    received.forEach((value, name) => void copy.set(name, value));
    const request = new Request(`http://${copy.get('host')}${UNKNOWN_PATH}`, { method, headers: copy });
    const exchange = new FetchExchange(request);
    const leave = exchange.mount();
    const result = Promise.resolve(authenticate(settings, exchange, isPassive(request)));
    results.set(received, result);
    return { exchange, leave, result };
  }

  function resultOf(received: ReceivedHeaders) {
    const known = results.get(received);
    if (known) return known;
    const { leave, result } = begin('GET', received);
    leave(); // a component sets no cookie
    return result;
  }

  return {
    route:
      (handle) =>
      async (request, ...rest) => {
        await headers(); // so that Next never renders the response in advance
        const { rejection, userSession, respond } = await enter(request);
        if (rejection) return rejection;
        try {
          return respond(await handle(userSession, request, ...rest));
        } catch (error) {
          const rejection = rejectionOf(error);
          if (rejection) return respond(rejection.getResponse());
          // `redirect` of Next throws; its response gets the cookies of the store.
          storeCookies(await cookies(), respond(new Response()).headers.getSetCookie());
          throw error;
        }
      },
    action: (run) =>
      async function action(...input) {
        const { exchange, leave, result } = begin('POST', await headers());
        try {
          return await run(accepted(await result), ...input);
        } finally {
          leave();
          storeCookies(await cookies(), exchange.applyTo(new Response()).headers.getSetCookie());
        }
      },
    page: async () => accepted(await resultOf(await headers())),
  };

  function accepted(result: UserSession | SessionRejection): UserSession<User, Data> {
    if (isRejection(result)) throw result;
    return result as UserSession<User, Data>;
  }
}
