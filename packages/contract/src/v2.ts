/**
 * The types of API v2 for its clients and its services. Properties have their names on the wire; times are
 * `YYYY-MM-DDTHH:mm:ss.sssZ`, durations are seconds.
 */

import type { Actor, ActorType } from './actor.ts';
import type { CloseReason, GivenReason } from './close-reasons.ts';
import type { Session, SessionNames, SessionSummary } from './session.ts';

export { ACTOR_TYPES, type Actor, type ActorType } from './actor.ts';
export { assertBulkFilter } from './bulk-filter.ts';
export { CLOSE_REASONS, type CloseReason } from './close-reasons.ts';

export type { KeyList, KeyUse } from './key-list.ts';
export type { CloseOwnRequest, OwnRequest, OwnSessionPage } from './own-sessions.ts';
export type { Session, SessionActor, SessionSummary } from './session.ts';
export type { SessionCheck, SessionCheckList } from './session-check.ts';
export type { Stats, StatsHour, Sweep } from './stats.ts';

export type { EraseResult, ExportLine } from './user-data.ts';

/** How the user authenticated. */
export interface Authentication {
  /** When the user authenticated. Default: now. */
  readonly auth_time?: string;
  /** How, in the application's own terms, such as `pwd`, `otp` and `hwk` (RFC 8176). */
  readonly auth_methods?: readonly string[];
  /** How strong the authentication was: a higher number is stronger. */
  readonly auth_level?: number;
}

/** The body of `POST /v2/sessions`, for a user whom the caller has authenticated. */
export interface OpenRequest<User = unknown, Data = unknown> extends Authentication, SessionNames {
  /** The id of the user, in the application's own terms. */
  readonly user_id: string;
  /** The application's value about the user: any JSON value. */
  readonly user?: User;
  /** The application's value for this session: any JSON value. */
  readonly data?: Data;
  /**
   * The actor, for impersonation and agents. Such a session lives no longer than the service's
   * `actor_lifetime_max`, and does not count for the limit of sessions per user.
   */
  readonly actor?: Actor | null;
  /** The session ends after this time without activity, in seconds. Default and maximum: settings of the service. */
  readonly idle_timeout?: number;
  /**
   * The absolute deadline. Default and maximum: the maximum lifetime that the service allows. Null, for no deadline, is
   * allowed if the service has no maximum.
   */
  readonly expire_time?: string | null;
}

/** The result of `POST /v2/sessions`. */
export interface OpenResult<User = unknown, Data = unknown> {
  /** The session that was opened. */
  readonly session: Session<User, Data>;
  /** `ps_<id>_<secret>`: the secret that the user's browser or app keeps. No other response has it. */
  readonly token: string;
  /** The ids of the user's sessions that the service evicted for this one. */
  readonly evicted: readonly string[];
}

/**
 * Why a token is not valid: `unknown` if the service has no session for it, else the reason for which its session
 * ended.
 */
export type InactiveReason = 'unknown' | CloseReason;

/**
 * The result of `POST /v2/sessions/validate`: the session of a token, or the reason for which the token is not valid.
 */
export type Validation<User = unknown, Data = unknown> =
  | {
      /** Whether the token is valid. */
      readonly active: true;
      /** The live session of the token. */
      readonly session: Session<User, Data>;
      /**
       * How long a client that follows `GET /v2/changes` may cache this result, in seconds. The session does not pass a
       * deadline within that time: the service has already counted activity for it.
       */
      readonly max_age: number;
      /** The age of the service's own cached result, in seconds; 0 if it was read from the store. */
      readonly age: number;
    }
  | {
      readonly active: false;
      /** Why the token is not valid. */
      readonly reason: InactiveReason;
    };

/** The maximum number of tokens in one `POST /v2/sessions/validate-many`. */
export const TOKENS_MAX = 256;

/** The result of `POST /v2/sessions/validate-many`. */
export interface ValidationList<User = unknown, Data = unknown> {
  /** The result of each token, in the order of the tokens: the same as from `POST /v2/sessions/validate`. */
  readonly results: readonly Validation<User, Data>[];
}

/** The body of `POST /v2/sessions/rotate`. */
export interface RotateRequest extends Authentication {
  /** A token of the session. */
  readonly token: string;
}

/** The result of `POST /v2/sessions/rotate`. */
export interface RotateResult<User = unknown, Data = unknown> {
  /** The session of the token. */
  readonly session: Session<User, Data>;
  /** The new token. It is the same for every caller that presents the same old token within the grace period. */
  readonly token: string;
}

/** The body of `PATCH /v2/sessions/{id}`. An omitted property stays as it is. */
export interface UpdateRequest extends SessionNames {
  /** The session ends after this time without activity, in seconds. Maximum: a setting of the service. */
  readonly idle_timeout?: number;
  /**
   * The absolute deadline; null for none, if the service has no maximum. Maximum: the maximum lifetime that the service
   * allows, counted from `open_time`. A time in the past ends the session.
   */
  readonly expire_time?: string | null;
}

/** A merge patch of a value (RFC 7396): null removes a property. */
export type MergePatch<T> = unknown extends T
  ? unknown
  : T extends readonly unknown[]
    ? T
    : T extends object
      ? { readonly [Name in keyof T]?: MergePatch<T[Name]> | null }
      : T;

/** Selects sessions. An omitted property does not filter. */
export interface SessionFilter {
  /** The id of the user. */
  readonly user_id?: string;
  /** True for live sessions, false for ended ones. */
  readonly active?: boolean;
  /** The earliest `request_time`, inclusive. */
  readonly from_time?: string;
  /** The latest `request_time`, exclusive. */
  readonly to_time?: string;
  /** The earliest `open_time`, inclusive. */
  readonly opened_after?: string;
  /** The latest `open_time`, exclusive. */
  readonly opened_before?: string;
  /** The exact `client` of the session. */
  readonly client?: string;
  /** An IP address, a CIDR block such as `10.0.0.0/8`, or the exact `address` of the session. */
  readonly address?: string;
  /** The beginning of `user_name`, in any case of its letters. */
  readonly user_name?: string;
  /** The reason for which the session ended. */
  readonly close_reason?: CloseReason;
  /** The `closed_by` of the session. */
  readonly closed_by?: string;
  /** The kind of the actor. */
  readonly actor_type?: ActorType;
  /** The id of the actor. */
  readonly actor_id?: string;
  /** Live sessions that end before this time without further activity. */
  readonly expires_before?: string;
  /** Live sessions that end at this time or later. */
  readonly expires_after?: string;
}

/** The query of `GET /v2/sessions`. */
export interface ListRequest extends SessionFilter {
  /** The maximum number of sessions in the page. Default and maximum: a setting of the service. */
  readonly limit?: number;
  /** The `next_cursor` of the page before, with the same filter. */
  readonly cursor?: string;
  /** Whether to count all sessions that match. The service may have to read each of them. */
  readonly total?: boolean;
}

/** The result of `GET /v2/sessions`. */
export interface SessionPage {
  /** The sessions of this page, the newest `open_time` first. */
  readonly items: readonly SessionSummary[];
  /**
   * The cursor of the next page; null on the last page. A page before the last may have fewer than `limit` sessions,
   * even none, if few sessions match.
   */
  readonly next_cursor: string | null;
  /** The number of sessions that match; only if the request has `total: true`. */
  readonly total?: number;
}

/** The body of `POST /v2/sessions/close`. It closes live sessions only: a filter with `active: false` matches none. */
export interface CloseManyRequest {
  /** Selects the sessions. It is required; an empty object selects every session. */
  readonly filter: SessionFilter;
  /** The ids of sessions that stay open, for "sign out everywhere else". */
  readonly except?: readonly string[];
  /** The reason that the closed sessions get; default `revoked`. */
  readonly reason?: GivenReason;
  /** The value of `closed_by`; default `key:<name of the API key>`. */
  readonly by?: string;
  /** True to close nothing, and to return the sessions that would be closed. */
  readonly dry_run?: boolean;
  /** The maximum number of sessions to close; default and maximum 1000. */
  readonly limit?: number;
}

/** The result of `POST /v2/sessions/close` and of `POST /v2/sessions/own/close`. */
export interface CloseManyResult {
  /** The ids of the closed sessions. */
  readonly ids: readonly string[];
  /** Whether more sessions match. If true, call again. */
  readonly more: boolean;
}

/** All values of `code` in errors of API v2. */
export const PROBLEM_CODES = [
  'INVALID_DATA',
  'INVALID_CONTENT',
  'INVALID_REQUEST',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'ACTOR_SESSION',
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

/** The code of an error of API v2: one of `PROBLEM_CODES`. */
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** An error response of API v2 (RFC 9457, `application/problem+json`). */
export interface Problem {
  /** `urn:pip-sessions:problem:<code>`. */
  readonly type: string;
  /** The kind of problem, the same text at each occurrence. */
  readonly title: string;
  /** The HTTP status. */
  readonly status: number;
  /** The error of this request, and what to do about it. */
  readonly detail: string;
  /** A stable code for programs. */
  readonly code: ProblemCode;
  /** Further properties: `{ members: ['data'] }` of `INVALID_DATA`, `{ reason }` of `SESSION_CLOSED`. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The correlation id of the request. */
  readonly correlation_id?: string;
}
