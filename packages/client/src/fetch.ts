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
import { isCachingHeader } from './middleware/caching-headers.ts';
import { enter, isRefusal } from './middleware/entrance.ts';
import type { Exchange } from './middleware/exchange.ts';
import { checkedRequirement, type SessionRequirement } from './middleware/requirement.ts';
import { toSettings, type UserSessionsOptions } from './middleware/settings.ts';
import type { UserSession } from './middleware/user-session.ts';

export { type RefusalCode, SessionRefusal } from './middleware/refusals.ts';
export type { SessionRequirement } from './middleware/requirement.ts';
export type { CookieLifetime, SessionsAccess, UserSessionsOptions } from './middleware/settings.ts';
export type { LoginOptions, SessionOf, UserSession } from './middleware/user-session.ts';

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
    const exchange = new FetchExchange(request);
    const entered = await enter(settings, exchange);
    if (isRefusal(entered)) return { refused: entered.getResponse() };
    const userSession = entered as UserSession<User, Data>;
    return { userSession, respond: (response) => exchange.applyTo(response) };
  };
}

/** The answer to a request without a live session, or with one whose user has proved too little; else null. */
export function requireSession(userSession: UserSession, requirement: SessionRequirement = {}): Response | null {
  return userSession.refusal(checkedRequirement(requirement))?.getResponse() ?? null;
}

/** A request, and what its answer will say of the session. */
class FetchExchange implements Exchange {
  readonly method: string;
  readonly host: string;
  readonly #headers: Headers;
  #cookie: string | null = null;
  #forbidsStore = false;
  #enforcesNoStore = false;

  constructor({ method, url, headers }: Request) {
    this.method = method;
    this.host = new URL(url).host;
    this.#headers = headers;
  }

  header(name: string): string | null {
    return this.#headers.get(name);
  }

  setCookie(line: string): void {
    this.#cookie = line;
    this.enforceNoStore();
  }

  forbidStore(): void {
    this.#forbidsStore = true;
  }

  enforceNoStore(): void {
    this.#enforcesNoStore = true;
  }

  /** A handler may let its answer be stored, unless it comes with a token. */
  applyTo(response: Response): Response {
    const forbidsStore = this.#forbidsStore && !response.headers.has('cache-control');
    // The answer to an upgrade, 101, cannot be made anew.
    if (!(this.#enforcesNoStore || forbidsStore) || response.status < 200) return response;
    // Anew, since a handler may give the same answer to others, and the headers of a fetched one cannot be changed.
    const changed = new Response(response.body, response);
    const { headers } = changed;
    if (this.#enforcesNoStore) for (const name of [...headers.keys()]) if (isCachingHeader(name)) headers.delete(name);
    headers.set('cache-control', 'no-store');
    if (this.#cookie !== null) headers.append('set-cookie', this.#cookie);
    return changed;
  }
}
