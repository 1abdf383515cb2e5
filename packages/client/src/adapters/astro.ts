/**
 * Session middleware for Astro, in `src/middleware.ts`.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { userSessions } from '@pip-sessions/client/astro';
 *
 * export const onRequest = userSessions({ client: createSessionsClient({ url: 'http://localhost:8080', key }) });
 */
import { rejectionOf } from '../middleware/rejections/rejection-of.ts';
import type { PassiveOption, UserSessionsOptions } from '../middleware/settings.ts';
import type { UserSession } from '../middleware/user-session.ts';
import { userSessions as enterer } from './fetch.ts';

export type { LoginOptions } from '../middleware/login-options.ts';
export { rejectionOf } from '../middleware/rejections/rejection-of.ts';
export { type RejectionCode, SessionRejection } from '../middleware/rejections/rejections.ts';
export type { SessionRequirement } from '../middleware/requirement.ts';
export type { CookieLifetime, PassiveOption, SessionsAccess, UserSessionsOptions } from '../middleware/settings.ts';
export type { SessionOf, UserSession } from '../middleware/user-session.ts';
export type { DevicesRequest } from '../v2/own-sessions.ts';
export { requireSession } from './fetch.ts';

declare global {
  namespace App {
    interface Locals {
      /** Set by the session middleware. */
      userSession: UserSession;
    }
  }
}

/** The properties of `APIContext` that the middleware uses. */
export interface SessionContext {
  /** The request of the browser. */
  readonly request: Request;
  /** The URL of the page. */
  readonly url: URL;
  /** Gets `userSession`. */
  readonly locals: object;
  /** Whether the page is built in advance. It then has no session. */
  readonly isPrerendered: boolean;
}

/**
 * Creates the middleware `onRequest`, which finds the session of each request and sets `context.locals.userSession`. Put
 * it first in `sequence`. A request with a token gets a 503 while the service is unavailable. A rejection that a page,
 * an action or an endpoint throws gets its response. Throws a `TypeError` that names an option which is wrong.
 *
 * @example
 * import { userSessions } from '@pip-sessions/client/astro';
 *
 * export const onRequest = userSessions({ client });
 */
export function userSessions(options: UserSessionsOptions & PassiveOption<Request>) {
  const enter = enterer(options);
  return async function onRequest(context: SessionContext, next: () => Promise<Response>): Promise<Response> {
    // Astro prints a warning if the headers of a page that is built in advance are read.
    const { rejection, userSession, respond } = await enter(
      context.isPrerendered ? new Request(context.url) : context.request,
    );
    if (rejection) return rejection;
    Object.assign(context.locals, { userSession });
    try {
      return respond(await next());
    } catch (error) {
      const rejection = rejectionOf(error);
      if (rejection) return respond(rejection.getResponse());
      throw error;
    }
  };
}
