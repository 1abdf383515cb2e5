/**
 * Sessions for SvelteKit: the hooks `handle` and `handleError`, in `src/hooks.server.ts`.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { sessionErrors, userSessions } from '@pip-sessions/client/sveltekit';
 *
 * export const handle = userSessions({ client: createSessionsClient({ url: 'http://localhost:8080', key }) });
 * export const handleError = sessionErrors();
 */
import { rejectionOf } from '../middleware/rejections/rejection-of.ts';
import type { SessionRejection } from '../middleware/rejections/rejections.ts';
import { checkedRequirement, type SessionRequirement } from '../middleware/requirement.ts';
import type { PassiveOption, UserSessionsOptions } from '../middleware/settings.ts';
import type { SessionOf, UserSession } from '../middleware/user-session.ts';
import { userSessions as enterer } from './fetch.ts';

export type { LoginOptions } from '../middleware/login-options.ts';
export { rejectionOf } from '../middleware/rejections/rejection-of.ts';
export { type RejectionCode, SessionRejection } from '../middleware/rejections/rejections.ts';
export type { SessionRequirement } from '../middleware/requirement.ts';
export type { CookieLifetime, PassiveOption, SessionsAccess, UserSessionsOptions } from '../middleware/settings.ts';
export type { SessionOf, UserSession } from '../middleware/user-session.ts';
export type { DevicesRequest } from '../v2/own-sessions.ts';

declare global {
  namespace App {
    interface Locals {
      /** Set by the session middleware. */
      userSession: UserSession;
    }
  }
}

/** The properties of `RequestEvent` that the hooks use. */
export interface SessionEvent {
  /** The request of the browser. */
  readonly request: Request;
  /** Gets `userSession`. */
  readonly locals: object;
  /** Whether the client of SvelteKit requests the data of a page. */
  readonly isDataRequest?: boolean;
  /** Whether the client of SvelteKit calls a remote function. */
  readonly isRemoteRequest?: boolean;
}

/** The properties that `handleError` gets. */
export interface SessionErrorInput {
  /** The error that was thrown. */
  readonly error: unknown;
  /** The event of its request. */
  readonly event: SessionEvent;
}

/** The rejections that handlers have thrown, until the response to their request is sent. */
const thrown = new WeakMap<Request, SessionRejection>();

/**
 * Creates the hook `handle`, which finds the session of each request and sets `event.locals.userSession`. Put it first
 * in `sequence`. A request with a token gets a 503 while the service is unavailable. Throws a `TypeError` that names an
 * option which is wrong.
 *
 * @example
 * import { userSessions } from '@pip-sessions/client/sveltekit';
 *
 * export const handle = userSessions({ client });
 */
export function userSessions(options: UserSessionsOptions & PassiveOption<Request>) {
  const enter = enterer(options);
  return async function handle<E extends SessionEvent>(input: {
    readonly event: E;
    readonly resolve: (event: E) => Response | Promise<Response>;
  }): Promise<Response> {
    const { event, resolve } = input;
    const { rejection, userSession, respond } = await enter(event.request);
    if (rejection) return rejection;
    Object.assign(event.locals, { userSession });
    const response = await resolve(event);
    const reason = thrown.get(event.request);
    return respond(reason === undefined ? response : responseTo(reason, event, response));
  };
}

/**
 * Creates the hook `handleError`. A rejection that a handler, a `load` function or an action throws gets its status: 401,
 * 403 or 503. Pages get your error page, with the `code` of the rejection in `page.error`; other requests get the
 * problem. `next` handles every other error.
 *
 * @example
 * import { sessionErrors } from '@pip-sessions/client/sveltekit';
 *
 * export const handleError = sessionErrors();
 */
export function sessionErrors<I extends SessionErrorInput, O>(next?: (input: I) => O) {
  return function handleError(input: I) {
    const rejection = rejectionOf(input.error);
    if (rejection === null) return next?.(input);
    thrown.set(input.event.request, rejection);
    return { status: rejection.status, message: rejection.message, code: rejection.code };
  };
}

/**
 * Returns the session for a `load` function, an action or a handler. Throws a `SessionRejection` (401) if no user is
 * signed in, or if the user's authentication is too weak or too old (RFC 9470). Throws a `TypeError` that names a
 * property of `requirement` which is wrong.
 *
 * @example
 * import { requireSession } from '@pip-sessions/client/sveltekit';
 *
 * const { user_id } = requireSession(userSession, { level: 2, max_age_s: 300 });
 */
export function requireSession<User, Data>(
  userSession: UserSession<User, Data>,
  requirement: SessionRequirement = {},
): SessionOf<User, Data> {
  const rejection = userSession.rejection(checkedRequirement(requirement));
  if (rejection) throw rejection;
  return userSession.required;
}

/** Requests of pages keep the response that SvelteKit makes: it shows the error page, or the page's own code reads it. */
function responseTo(rejection: SessionRejection, event: SessionEvent, response: Response): Response {
  const isOfPage = event.isDataRequest || event.isRemoteRequest || event.request.headers.has('x-sveltekit-action');
  const isJson = /^application\/json/.test(response.headers.get('content-type') ?? '');
  if (isJson && !isOfPage) return rejection.getResponse();
  const changed = new Response(response.body, response);
  for (const [name, value] of Object.entries(rejection.headers)) changed.headers.set(name, value);
  return changed;
}
