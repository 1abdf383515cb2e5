import type { CredentialSource } from '../cookies/credential.ts';
import type { SessionRequirement } from '../requirement.ts';

/** The stable codes of `SessionRejection`. */
export type RejectionCode =
  /** The request has no live session. */
  | 'SESSION_REQUIRED'
  /** The session is live, but the user must authenticate again or more strongly. */
  | 'STEP_UP_REQUIRED'
  /** A page of another site made the browser send the request. */
  | 'CROSS_SITE_REQUEST'
  /** The session has an actor: it opens no other one, and neither shows nor ends others. */
  | 'ACTOR_SESSION'
  /** The sessions service is unavailable. No user is signed in or out because of that. */
  | 'SESSIONS_UNAVAILABLE';

interface RejectionResponse {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * Why a request is rejected, and the response to it. It has the properties of http-errors, so frameworks respond to a
 * thrown one with its status, and most of them with its headers.
 */
export class SessionRejection extends Error {
  override readonly name = 'SessionRejection';
  /** A stable code for programs. */
  readonly code: RejectionCode;
  /** The HTTP status of the response: 401, 403 or 503. */
  readonly status: number;
  /** The same as `status`, for Fastify and Nest. */
  readonly statusCode: number;
  /** Whether the message may be shown to the user: true below 500. */
  readonly expose: boolean;
  /** The headers of the response: `cache-control`, and `www-authenticate` or `retry-after`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly #title: string;
  readonly #details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: RejectionCode, { status, title, detail, headers = {}, details, cause }: RejectionResponse) {
    super(detail, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
    this.statusCode = status;
    this.expose = status < 500;
    this.headers = { 'cache-control': 'no-store', ...headers };
    this.#title = title;
    this.#details = details;
  }

  /** The body of the response: an RFC 9457 problem, for the type `application/problem+json`. */
  get body(): string {
    return JSON.stringify({
      type: `urn:pip-sessions:problem:${this.code}`,
      title: this.#title,
      status: this.status,
      detail: this.message,
      code: this.code,
      ...(this.#details && { details: this.#details }),
    });
  }

  /** Returns the whole response. Hono calls it for a thrown error. */
  getResponse(): Response {
    return new Response(this.body, { status: this.status, headers: { ...this.headers, 'content-type': PROBLEM_TYPE } });
  }
}

export const PROBLEM_TYPE = 'application/problem+json';

/**
 * The rejection of a request without a live session. `presented` is the source of its expired token; null if it had none.
 */
export function sessionRequired(presented: CredentialSource | null): SessionRejection {
  return new SessionRejection('SESSION_REQUIRED', {
    status: 401,
    title: 'A session is required',
    detail: presented === null ? 'Sign in first.' : 'The session has ended; sign in again.',
    // RFC 6750, 3: the response to a request without a token contains no error.
    headers: { 'www-authenticate': presented === 'bearer' ? 'Bearer error="invalid_token"' : 'Bearer' },
  });
}

/**
 * The rejection of a request that needs a stronger or newer authentication (RFC 9470). The header states the requirement
 * for every client, and `details` for those of this service.
 */
export function stepUpRequired(requirement: SessionRequirement): SessionRejection {
  const { level, max_age_s, methods = [] } = requirement;
  const challenge = [
    'Bearer error="insufficient_user_authentication"',
    'error_description="The user has to prove more, or again, who they are"',
    ...(level === undefined ? [] : [`acr_values="${level}"`]),
    ...(max_age_s === undefined ? [] : [`max_age="${max_age_s}"`]),
  ];
  const needs = [
    ...(level === undefined ? [] : [`at level ${level} or higher`]),
    ...(methods.length === 0 ? [] : [`by ${methods.join(' and ')}`]),
    ...(max_age_s === undefined ? [] : [`no more than ${max_age_s} s before the request`]),
  ];
  return new SessionRejection('STEP_UP_REQUIRED', {
    status: 401,
    title: 'A stronger or newer authentication is required',
    detail: `Authenticate again, ${needs.join(', ')}.`,
    headers: { 'www-authenticate': challenge.join(', ') },
    details: { ...requirement },
  });
}

export function crossSiteRequest(): SessionRejection {
  return new SessionRejection('CROSS_SITE_REQUEST', {
    status: 403,
    title: 'A cross-site request',
    detail: 'A page of another site sent this request. If the site is yours, add its origin to the option origins.',
  });
}

export function actorSession(): SessionRejection {
  return new SessionRejection('ACTOR_SESSION', {
    status: 403,
    title: 'An actor may not do this',
    detail: 'This session belongs to an actor, who may not open, see or end other sessions with it.',
  });
}

export function sessionsUnavailable(retry_after_s: number, cause: unknown): SessionRejection {
  return new SessionRejection('SESSIONS_UNAVAILABLE', {
    status: 503,
    title: 'The sessions service is unavailable',
    detail: 'The sessions service is unavailable. Try again later.',
    headers: { 'retry-after': `${retry_after_s}` },
    cause,
  });
}
