import type { CredentialSource } from './credential.ts';
import type { SessionRequirement } from './requirement.ts';

/** Stable: what programs should look at. */
export type RefusalCode =
  /** No live session came with the request. */
  | 'SESSION_REQUIRED'
  /** The session is live, and its user has to prove more, or again, who they are. */
  | 'STEP_UP_REQUIRED'
  /** A page of somebody else made the browser send it. */
  | 'CROSS_SITE_REQUEST'
  /** The sessions service gives no answer: nobody is signed in or out by that. */
  | 'SESSIONS_UNAVAILABLE';

interface RefusalAnswer {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * Why a request goes no further, and how that is answered. It has what errors of http-errors have, so that the
 * frameworks' own handlers of errors answer one that is thrown with its status, and most of them with its headers.
 */
export class SessionRefusal extends Error {
  override readonly name = 'SessionRefusal';
  readonly code: RefusalCode;
  readonly status: number;
  /** The same, as Fastify and Nest read it. */
  readonly statusCode: number;
  /** Whether the message is for the user: true below 500. */
  readonly expose: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly #title: string;
  readonly #details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: RefusalCode, { status, title, detail, headers = {}, details, cause }: RefusalAnswer) {
    super(detail, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
    this.statusCode = status;
    this.expose = status < 500;
    this.headers = { 'cache-control': 'no-store', ...headers };
    this.#title = title;
    this.#details = details;
  }

  /** An RFC 9457 problem as text, for `application/problem+json`. */
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

  /** As Hono asks errors for their answer. */
  getResponse(): Response {
    return new Response(this.body, { status: this.status, headers: { ...this.headers, 'content-type': PROBLEM_TYPE } });
  }
}

export const PROBLEM_TYPE = 'application/problem+json';

/** `presented` is where a token was found that is no longer good; null when there was none. */
export function sessionRequired(presented: CredentialSource | null): SessionRefusal {
  return new SessionRefusal('SESSION_REQUIRED', {
    status: 401,
    title: 'A session is required',
    detail: presented === null ? 'Sign in first.' : 'The session has ended; sign in again.',
    // RFC 6750, 3: a request without a token hears of no error.
    headers: { 'www-authenticate': presented === 'bearer' ? 'Bearer error="invalid_token"' : 'Bearer' },
  });
}

/** RFC 9470: how much the user has to prove, in the header for any client and in `details` for those that know it. */
export function stepUpRequired(requirement: SessionRequirement): SessionRefusal {
  const { level, max_age_s } = requirement;
  const challenge = [
    'Bearer error="insufficient_user_authentication"',
    'error_description="The user has to prove more, or again, who they are"',
    ...(level === undefined ? [] : [`acr_values="${level}"`]),
    ...(max_age_s === undefined ? [] : [`max_age="${max_age_s}"`]),
  ];
  return new SessionRefusal('STEP_UP_REQUIRED', {
    status: 401,
    title: 'A stronger or newer authentication is required',
    detail: 'Authenticate again as details says.',
    headers: { 'www-authenticate': challenge.join(', ') },
    details: { ...requirement },
  });
}

export function crossSiteRequest(): SessionRefusal {
  return new SessionRefusal('CROSS_SITE_REQUEST', {
    status: 403,
    title: 'A request of another site',
    detail: 'A page of another site sent it. If that is one of yours, name it in the option origins.',
  });
}

export function sessionsUnavailable(retry_after_s: number, cause: unknown): SessionRefusal {
  return new SessionRefusal('SESSIONS_UNAVAILABLE', {
    status: 503,
    title: 'Sessions cannot be told',
    detail: 'The sessions service gives no answer for now. Try again later.',
    headers: { 'retry-after': `${retry_after_s}` },
    cause,
  });
}
