/** The types of API v1 (WIRE_V1.md) for its clients and its services. Properties have their names on the wire. */

/** One sign-in of one user, as a client of API v1 gets it. */
export interface SessionV1 {
  /** An opaque id. Anyone who has it can read and end the session: keep it out of logs and addresses. */
  readonly id: string;
  /** The id of the user, in the application's own terms. */
  readonly user_id: string;
  /** The name of the user to show; null if the application gave none. */
  readonly user_name: string | null;
  /** False once the session was closed or has passed its timeout. */
  readonly active: boolean;
  /** When the session was opened. */
  readonly open_time: Date;
  /** The last activity. */
  readonly request_time: Date;
  /** When the session ended; absent while it is active. */
  readonly close_time?: Date;
  /** Where the user signed in, in the application's own terms: usually an IP address. */
  readonly address: string | null;
  /** The device or program of the user, in the application's own terms: usually the user agent. */
  readonly client: string | null;
  /** The application's value about the user: any JSON value; null once the session has ended. */
  readonly user: unknown;
  /** The application's value for this session: any JSON value; null once the session has ended. */
  readonly data: unknown;
}

/** A session without `user` and `data`: the form that lists return. */
export type SessionSummaryV1 = Omit<SessionV1, 'user' | 'data'>;

/** The JSON of a `SessionV1`: times are `YYYY-MM-DDTHH:mm:ss.sssZ` (WIRE_V1.md, Session JSON). */
export interface SessionV1Json extends Omit<SessionV1, 'open_time' | 'request_time' | 'close_time'> {
  /** When the session was opened. */
  readonly open_time: string;
  /** The last activity. */
  readonly request_time: string;
  /** When the session ended; absent or null while it is active. */
  readonly close_time?: string | null;
}

/** One page of a list. */
export interface DataPageV1<T = SessionSummaryV1> {
  /** The number of sessions that match, over all pages; null unless `paging.total` was true. */
  readonly total: number | null;
  /** The sessions of this page. */
  readonly data: readonly T[];
}

/** Selects sessions. A property that is absent or null does not filter. */
export interface SessionFilterV1 {
  /** The id of one session. */
  readonly id?: string | null;
  /** The id of the user. */
  readonly user_id?: string | null;
  /** True for live sessions, false for ended ones. */
  readonly active?: boolean | null;
  /** The earliest `request_time`, inclusive. */
  readonly from_time?: Date | string | null;
  /** The latest `request_time`, exclusive. */
  readonly to_time?: Date | string | null;
}

/** Selects a page of a list. */
export interface PagingV1 {
  /** The number of sessions to skip at the start; default 0. */
  readonly skip?: number | null;
  /**
   * The maximum number of sessions in the page. Default, also for null and 0: the maximum of the service (100 unless it
   * is configured).
   */
  readonly take?: number | null;
  /** Whether to count all sessions that match. */
  readonly total?: boolean | null;
}

/** The options of every call, its last argument. */
export interface CallOptionsV1 {
  /** Aborts the call, which then rejects with the code `ABORTED`. Clients in the same process ignore it. */
  readonly signal?: AbortSignal;
}

/**
 * The client of API v1. The correlation id appears in every log line that the call causes; null for none. A missing
 * session is returned as null, never as an error.
 *
 * Clients over HTTP reject with a `SessionsServiceError` or a `SessionsCallError`, Pip.Services components with an
 * `ApplicationException`.
 */
export interface SessionsClientV1 {
  /** Returns one page of sessions without `user` and `data`, the newest activity first. */
  getSessions(
    correlationId: string | null,
    filter?: SessionFilterV1 | null,
    paging?: PagingV1 | null,
    options?: CallOptionsV1,
  ): Promise<DataPageV1>;
  /** Returns a session, active or ended. */
  getSessionById(correlationId: string | null, sessionId: string, options?: CallOptionsV1): Promise<SessionV1 | null>;
  /**
   * Opens a session for a user whom the caller has authenticated. The request is never sent twice. After a call without
   * a response, the service may have opened a session whose id no caller has; it ends by its timeout.
   */
  openSession(
    correlationId: string | null,
    user_id: string,
    user_name?: string | null,
    address?: string | null,
    client?: string | null,
    user?: unknown,
    data?: unknown,
    options?: CallOptionsV1,
  ): Promise<SessionV1>;
  /**
   * Replaces `data`, which must not be null. It counts as activity. Rejects with the code `SESSION_CLOSED` for an ended
   * session.
   */
  storeSessionData(
    correlationId: string | null,
    sessionId: string,
    data: unknown,
    options?: CallOptionsV1,
  ): Promise<SessionV1 | null>;
  /**
   * Replaces `user`, which must not be null. It counts as activity. Rejects with the code `SESSION_CLOSED` for an ended
   * session.
   */
  updateSessionUser(
    correlationId: string | null,
    sessionId: string,
    user: unknown,
    options?: CallOptionsV1,
  ): Promise<SessionV1 | null>;
  /** Ends a session and returns it. Closing an ended session changes nothing and returns it as it ended. */
  closeSession(correlationId: string | null, sessionId: string, options?: CallOptionsV1): Promise<SessionV1 | null>;
  /** Closes every session that is past its timeout. The service also does this by itself. */
  closeExpiredSessions(correlationId: string | null, options?: CallOptionsV1): Promise<void>;
  /** Deletes a session and returns it as it was. */
  deleteSessionById(
    correlationId: string | null,
    sessionId: string,
    options?: CallOptionsV1,
  ): Promise<SessionV1 | null>;
}

/**
 * The error response of API v1 (WIRE_V1.md, Statuses). The response of a proxy or a framework may have the message
 * only.
 */
export interface ErrorV1 {
  /** A stable code for programs, such as `SESSION_CLOSED`. */
  readonly code: string;
  /** The category of the error, such as `BadRequest`. */
  readonly category?: string;
  /** The HTTP status. */
  readonly status?: number;
  /** The message for people. */
  readonly message: string;
  /** Further properties of the error. */
  readonly details?: unknown;
  /** The correlation id of the request; null if it had none. */
  readonly correlation_id?: string | null;
}
