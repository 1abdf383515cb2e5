/**
 * API v1 as both sides see it (WIRE_V1.md). Members have the names they have on the wire.
 */

/** One sign-in of one user, as a client sees it. */
export interface SessionV1 {
  /** Opaque. Whoever knows it can read and end the session: keep it out of logs and addresses. */
  readonly id: string;
  readonly user_id: string;
  readonly user_name: string | null;
  /** False once the session was closed or has passed its timeout. */
  readonly active: boolean;
  readonly open_time: Date;
  /** The last activity. */
  readonly request_time: Date;
  /** Absent while the session is active. */
  readonly close_time?: Date;
  /** Where the user came from, in the application's own terms: usually an IP address. */
  readonly address: string | null;
  /** With what the user came, in the application's own terms: usually the user agent. */
  readonly client: string | null;
  /** Any JSON value of the application; null once the session has ended. */
  readonly user: unknown;
  /** Any JSON value of the application; null once the session has ended. */
  readonly data: unknown;
}

/** A session without what belongs to the application: what lists answer. */
export type SessionSummaryV1 = Omit<SessionV1, 'user' | 'data'>;

/** A `SessionV1` as it is on the wire: times are `YYYY-MM-DDTHH:mm:ss.sssZ` (WIRE_V1.md, Session JSON). */
export interface SessionV1Json extends Omit<SessionV1, 'open_time' | 'request_time' | 'close_time'> {
  readonly open_time: string;
  readonly request_time: string;
  readonly close_time?: string | null;
}

export interface DataPageV1<T = SessionSummaryV1> {
  /** How many match, over all pages; null unless `paging.total` asked for it. */
  readonly total: number | null;
  readonly data: readonly T[];
}

/** Which sessions; a member that is absent or null does not filter. */
export interface SessionFilterV1 {
  readonly id?: string | null;
  readonly user_id?: string | null;
  readonly active?: boolean | null;
  /** Inclusive, on `request_time`. */
  readonly from_time?: Date | string | null;
  /** Exclusive, on `request_time`. */
  readonly to_time?: Date | string | null;
}

export interface PagingV1 {
  /** How many to leave out at the start; default 0. */
  readonly skip?: number | null;
  /** At most how many to answer; the service's maximum (100, unless it is configured) when absent, null or 0. */
  readonly take?: number | null;
  /** Whether to count all that match. */
  readonly total?: boolean | null;
}

export interface CallOptionsV1 {
  /** Gives up the call, which then rejects with `ABORTED`. What runs in the same process does not look at it. */
  readonly signal?: AbortSignal;
}

/**
 * The eight methods of API v1. The correlation id goes into every log line that the call leads to; null for none.
 * A session that is not there is answered as null, never as an error. Rejections are in `errors.ts`.
 */
export interface SessionsClientV1 {
  /** A page of sessions, newest activity first, without `user` and `data`. */
  getSessions(
    correlationId: string | null,
    filter?: SessionFilterV1 | null,
    paging?: PagingV1 | null,
    options?: CallOptionsV1,
  ): Promise<DataPageV1>;
  /** A session, active or ended. */
  getSessionById(correlationId: string | null, sessionId: string, options?: CallOptionsV1): Promise<SessionV1 | null>;
  /**
   * Opens a session for a user whom the caller has authenticated. It is never sent twice: after a call without an
   * answer, a session may have been opened that nobody knows; it ends by its timeout.
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
  /** Replaces `data`, which must not be null and counts as activity. An ended session is `SESSION_CLOSED`. */
  storeSessionData(
    correlationId: string | null,
    sessionId: string,
    data: unknown,
    options?: CallOptionsV1,
  ): Promise<SessionV1 | null>;
  /** Replaces `user`, which must not be null and counts as activity. An ended session is `SESSION_CLOSED`. */
  updateSessionUser(
    correlationId: string | null,
    sessionId: string,
    user: unknown,
    options?: CallOptionsV1,
  ): Promise<SessionV1 | null>;
  /** Ends a session. Closing an ended one changes nothing and answers it as it ended. */
  closeSession(correlationId: string | null, sessionId: string, options?: CallOptionsV1): Promise<SessionV1 | null>;
  /** Closes every session that is past its timeout; the service also does so by itself. */
  closeExpiredSessions(correlationId: string | null, options?: CallOptionsV1): Promise<void>;
  /** Deletes a session and answers it as it was. */
  deleteSessionById(
    correlationId: string | null,
    sessionId: string,
    options?: CallOptionsV1,
  ): Promise<SessionV1 | null>;
}

/** The standard error (WIRE_V1.md, Statuses). What a proxy or a framework answers may lack all but the message. */
export interface ErrorV1 {
  readonly code: string;
  readonly category?: string;
  readonly status?: number;
  readonly message: string;
  readonly details?: unknown;
  readonly correlation_id?: string | null;
}
