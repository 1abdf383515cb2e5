/**
 * API v2 as both sides see it. Members have the names they have on the wire; times are `YYYY-MM-DDTHH:mm:ss.sssZ`,
 * durations are seconds.
 */

import type { CloseReason } from './close-reasons.ts';
import type { Session, SessionNames, SessionSummary } from './session.ts';

export { assertBulkFilter } from './bulk-filter.ts';

export { CLOSE_REASONS, type CloseReason } from './close-reasons.ts';

export type { Session, SessionSummary } from './session.ts';

/** How the user proved who they are. */
export interface Authentication {
  /** Default: now. */
  readonly auth_time?: string;
  readonly auth_methods?: readonly string[];
  readonly auth_level?: number;
}

/** `POST /v2/sessions`: the caller has authenticated the user. */
export interface OpenRequest<User = unknown, Data = unknown> extends Authentication, SessionNames {
  readonly user_id: string;
  readonly user?: User;
  readonly data?: Data;
  /** Seconds; default and maximum are the service's settings. */
  readonly idle_timeout?: number;
  /** Not beyond the longest life that the service allows; its default. */
  readonly expire_time?: string | null;
}

export interface OpenResult<User = unknown, Data = unknown> {
  readonly session: Session<User, Data>;
  /** `ps_<id>_<secret>`: what the user's browser or app holds. It is answered here and nowhere else. */
  readonly token: string;
  /** Ids of the user's sessions that this one put out. */
  readonly evicted: readonly string[];
}

/** `unknown` is a token of no session here; otherwise the session has ended, and this is why. */
export type InactiveReason = 'unknown' | CloseReason;

export type Validation<User = unknown, Data = unknown> =
  | {
      readonly active: true;
      readonly session: Session<User, Data>;
      /**
       * For how many seconds the answer may be kept by who follows `GET /v2/changes`: none of its deadlines comes
       * before, and activity that is not reported in that time is counted already.
       */
      readonly max_age: number;
      /** For how many seconds the service has known it without asking its store; 0 where it has asked. */
      readonly age: number;
    }
  | { readonly active: false; readonly reason: InactiveReason };

export interface RotateRequest extends Authentication {
  readonly token: string;
}

export interface RotateResult<User = unknown, Data = unknown> {
  readonly session: Session<User, Data>;
  /** The same for everyone who presents the same old token within the grace. */
  readonly token: string;
}

/** `PATCH /v2/sessions/{id}`: what is left out stays as it is. */
export interface UpdateRequest extends SessionNames {
  /** Seconds; the maximum is the service's setting. */
  readonly idle_timeout?: number;
  /** Not beyond the longest life that the service allows, from the opening on. A time that is past ends the session. */
  readonly expire_time?: string | null;
}

/** A merge patch of a value (RFC 7396): null removes a member. */
export type MergePatch<T> = unknown extends T
  ? unknown
  : T extends readonly unknown[]
    ? T
    : T extends object
      ? { readonly [Name in keyof T]?: MergePatch<T[Name]> | null }
      : T;

/** Which sessions; a member that is absent does not filter. */
export interface SessionFilter {
  readonly user_id?: string;
  readonly active?: boolean;
  /** Inclusive, on `request_time`. */
  readonly from_time?: string;
  /** Exclusive, on `request_time`. */
  readonly to_time?: string;
  readonly client?: string;
  readonly address?: string;
  readonly close_reason?: CloseReason;
}

export interface ListRequest extends SessionFilter {
  /** Sessions a page at most; default and maximum are the service's setting. */
  readonly limit?: number;
  /** `next_cursor` of the page before, with the same filter. */
  readonly cursor?: string;
  /** Whether to count all that match, which may look at each of them. */
  readonly total?: boolean;
}

export interface SessionPage {
  /** The newest `open_time` first. */
  readonly items: readonly SessionSummary[];
  /** Null on the last page. A page before it may hold fewer than `limit`, even none, where few sessions match. */
  readonly next_cursor: string | null;
  /** Only when asked for. */
  readonly total?: number;
}

/** `POST /v2/sessions/close`. Only live sessions are closed: a filter with `active: false` matches none. */
export interface CloseManyRequest {
  /** May be empty, which is every session; must be there. */
  readonly filter: SessionFilter;
  /** Ids that stay open: "sign out everywhere else". */
  readonly except?: readonly string[];
  /** Default `revoked`. */
  readonly reason?: 'closed' | 'revoked';
  /** Answers what would be closed, and closes nothing. */
  readonly dry_run?: boolean;
  /** How many at most; default and maximum 1000. */
  readonly limit?: number;
}

export interface CloseManyResult {
  readonly ids: readonly string[];
  /** Whether sessions are left that match: call again. */
  readonly more: boolean;
}

export interface StatsHour {
  /** Its beginning. */
  readonly hour: string;
  readonly opened: number;
  readonly closed: Readonly<Partial<Record<CloseReason, number>>>;
}

/** A pass that closes what is past its deadline, and deletes what ended before the retention. */
export interface Sweep {
  readonly time: string;
  readonly closed: number;
  readonly purged: number;
  /** For how many seconds the first of what it closed had been past its deadline. */
  readonly lag: number;
}

/** `GET /v2/stats`. No figure counts the entries that session libraries keep for browsers. */
export interface Stats {
  readonly live: number;
  /** In the hours below. */
  readonly opened: number;
  readonly closed: Readonly<Partial<Record<CloseReason, number>>>;
  /** The last 24, newest first; hours in which nothing happened are left out. */
  readonly hours: readonly StatsHour[];
  /** The last one of the process that answers; null before its first. */
  readonly sweep: Sweep | null;
}

/** The closed catalogue of what API v2 answers as `code`. */
export const PROBLEM_CODES = [
  'INVALID_DATA',
  'INVALID_CONTENT',
  'INVALID_REQUEST',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NOT_FOUND',
  'SESSION_NOT_FOUND',
  'TOKEN_UNKNOWN',
  'METHOD_NOT_ALLOWED',
  'REQUEST_TIMEOUT',
  'SESSION_CLOSED',
  'TOKEN_REPLACED',
  'SESSION_LIMIT',
  'KEY_USED',
  'REVISION_CONFLICT',
  'BODY_TOO_LARGE',
  'VALUE_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'TOO_MANY_REQUESTS',
  'HEADERS_TOO_LARGE',
  'INTERNAL',
  'STORE_UNAVAILABLE',
  'STORE_FULL',
] as const;

export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** An error as API v2 answers it (RFC 9457, `application/problem+json`). */
export interface Problem {
  /** `urn:pip-sessions:problem:<code>`. */
  readonly type: string;
  /** What kind of problem it is, the same at each occurrence. */
  readonly title: string;
  readonly status: number;
  /** What went wrong this time, and what to do about it. */
  readonly detail: string;
  /** Stable: what programs should look at. */
  readonly code: ProblemCode;
  /** What there is to know beside: `{ members: ['data'] }` of `INVALID_DATA`, `{ reason }` of `SESSION_CLOSED`. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly correlation_id?: string;
}
