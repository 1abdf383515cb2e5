import type { CloseReason } from '../../packages/service/src/domain/session.ts';
import type { ScanKey, SessionFilter, SessionLimit } from '../../packages/service/src/domain/store.ts';

/** A moment of `monotonicMicros`, in microseconds: the same clock in every process of the machine. */
export type Micros = number;

/** One call of one client. `key`, `token` and `id` come from the results of earlier calls. */
export type Operation =
  | {
      readonly kind: 'open';
      readonly user: string;
      /** The number of the open request, stored as `user_name`. It distinguishes sessions that had the same id. */
      readonly number: number;
      /** The idempotency key; null for none. */
      readonly key: string | null;
      readonly has_token: boolean;
      readonly idle_timeout_ms: number;
      readonly expire_in_ms: number | null;
      readonly address: string;
      readonly client: string;
      readonly data: string;
    }
  | { readonly kind: 'get'; readonly id: string }
  | {
      readonly kind: 'validate';
      readonly id: string;
      readonly token: string;
      /** How many tokens the session had before this one, as far as its clients know; null for an invented token. */
      readonly rotations: number | null;
      readonly age_ms_max: number | null;
    }
  /** A validation by a caller that has its own cache. */
  | { readonly kind: 'cached'; readonly id: string; readonly token: string; readonly rotations: number | null }
  | {
      readonly kind: 'rotate';
      readonly id: string;
      readonly token: string;
      readonly rotations: number | null;
      /** The authentication level that the user has newly proved; null for a plain rotation. */
      readonly level: number | null;
    }
  | {
      readonly kind: 'list';
      readonly filter: SessionFilter;
      readonly skip: number;
      readonly take: number;
      readonly total: boolean;
    }
  | {
      readonly kind: 'scan';
      readonly filter: SessionFilter;
      readonly after: ScanKey | null;
      readonly take: number;
    }
  | { readonly kind: 'count'; readonly filter: SessionFilter }
  | {
      readonly kind: 'replace';
      readonly id: string;
      readonly member: 'user' | 'data';
      readonly value: string;
      readonly revision: number | null;
    }
  | {
      readonly kind: 'patch';
      readonly id: string;
      readonly patch: string;
      readonly bytes_max: number;
      readonly revision: number | null;
    }
  | {
      readonly kind: 'amend';
      readonly id: string;
      readonly idle_timeout_ms: number | null;
      readonly expire_in_ms: number | null;
      readonly client: string | null;
      readonly revision: number | null;
    }
  | { readonly kind: 'touch'; readonly id: string }
  | { readonly kind: 'close'; readonly id: string; readonly reason: CloseReason }
  | {
      readonly kind: 'closeMatching';
      readonly filter: SessionFilter;
      readonly except: readonly string[];
      readonly reason: CloseReason;
      readonly limit: number;
      readonly dry_run: boolean;
    }
  | { readonly kind: 'remove'; readonly id: string }
  | { readonly kind: 'closeExpired' }
  | { readonly kind: 'sweep' }
  | { readonly kind: 'stats' };

export type OperationKind = Operation['kind'];

/** A session as one response showed it. */
export interface Seen {
  readonly id: string;
  /** `Operation.number` of the request that opened it. */
  readonly number: number;
  readonly user: string;
  readonly address: string | null;
  readonly client: string | null;
  readonly revision: number;
  /** Null while it is live. */
  readonly close_reason: CloseReason | null;
  readonly close_time: number | null;
  readonly open_time: number;
  readonly request_time: number;
  readonly idle_timeout_ms: number;
  readonly expire_time: number | null;
  /** Undefined if the session was read by a token, which may have a lower level than the session. */
  readonly auth_level?: number | null;
  /** `data` and `user`; undefined if the response has neither. */
  readonly values?: Values;
}

export interface Values {
  readonly data: string | null;
  readonly user: string | null;
}

export type Result =
  | {
      readonly is: 'opened';
      readonly session: Seen;
      readonly token: string | null;
      readonly evicted: readonly string[];
    }
  | { readonly is: 'session'; readonly session: Seen }
  | { readonly is: 'rotated'; readonly session: Seen; readonly token: string }
  /** No session has this id or this token. */
  | { readonly is: 'missing' }
  /** The session has ended; the reason is null if the response does not have it. */
  | { readonly is: 'ended'; readonly reason: CloseReason | null }
  | { readonly is: 'conflict'; readonly revision: number }
  | { readonly is: 'too_large' }
  | { readonly is: 'limit' }
  /** The idempotency key cannot be used (again). */
  | { readonly is: 'key_used' }
  /** The token was replaced by a new authentication. */
  | { readonly is: 'token_replaced' }
  | {
      readonly is: 'page';
      readonly sessions: readonly Seen[];
      readonly total: number | null;
      readonly next: ScanKey | null;
    }
  | { readonly is: 'count'; readonly count: number }
  | { readonly is: 'ids'; readonly ids: readonly string[]; readonly more: boolean }
  | { readonly is: 'stats'; readonly live: number; readonly opened: number; readonly closed: Closed }
  | { readonly is: 'done' }
  /**
   * The store did not respond, or the node was killed. The call may have taken effect once, at any time after its
   * start.
   */
  | { readonly is: 'unknown' }
  /** An error that no caller should get. */
  | { readonly is: 'failed'; readonly message: string };

export type Closed = Readonly<Partial<Record<CloseReason, number>>>;

/** A call with its result. */
export interface Answered {
  readonly type: 'answered';
  readonly start: Micros;
  readonly time: Micros;
  readonly call: number;
  readonly node: number;
  /** The clock of the node at the start, in milliseconds since 1970. */
  readonly clock: number;
  readonly operation: Operation;
  readonly result: Result;
}

/** An event of a history; events are ordered by `time`. */
export type HistoryEvent =
  /** A call that may change something was sent. */
  | {
      readonly type: 'invoked';
      readonly time: Micros;
      readonly call: number;
      readonly node: number;
      readonly operation: Operation;
    }
  | Answered
  /** All pages of a complete scan, from the start of the first page to the end of the last. */
  | {
      readonly type: 'pages';
      readonly start: Micros;
      readonly time: Micros;
      readonly node: number;
      readonly filter: SessionFilter;
      readonly sessions: readonly Seen[];
    }
  /** A listener received a change; `revision` is null for a removal. */
  | {
      readonly type: 'delivered';
      readonly time: Micros;
      readonly listener: string;
      readonly id: string;
      readonly revision: number | null;
      readonly reason: CloseReason | null;
    }
  /** A listener received a gap, or began. */
  | { readonly type: 'gap'; readonly time: Micros; readonly listener: string }
  /** A listener ended. */
  | { readonly type: 'silent'; readonly time: Micros; readonly listener: string }
  /** A listener learned that its feed is complete until a moment. */
  | { readonly type: 'watermark'; readonly time: Micros; readonly listener: string; readonly until: Micros }
  /** From now on, the clock of a node has this offset from the machine's clock. */
  | { readonly type: 'clock'; readonly time: Micros; readonly node: number; readonly offset_ms: number }
  /** All sessions at rest, as one node shows them: its clock stands still, and no call of a client is in progress. */
  | {
      readonly type: 'rest';
      readonly start: Micros;
      readonly time: Micros;
      readonly node: number;
      readonly sessions: readonly Seen[];
      readonly counts: readonly RestCount[];
      /** Null on all nodes but the last. */
      readonly stats: { readonly live: number; readonly opened: number; readonly closed: Closed } | null;
    }
  /** The store has lost all data, as a memory store does when its process is killed. */
  | { readonly type: 'emptied'; readonly time: Micros }
  /** No client uses these sessions any more. */
  | { readonly type: 'retired'; readonly time: Micros; readonly numbers: readonly number[] }
  /** No later event has a start before `start`. */
  | { readonly type: 'horizon'; readonly time: Micros; readonly start: Micros };

/** The results for one filter at rest. */
export interface RestCount {
  readonly filter: SessionFilter;
  readonly count: number;
  /** The total of the list of API v1; null if API v1 has no such filter. */
  readonly total: number | null;
  /** The ids of a scan with that filter. */
  readonly scanned: readonly string[];
}

/** The settings of the nodes that the checker needs. */
export interface HistorySettings {
  readonly limit: SessionLimit | null;
  readonly touch_interval_ms: number;
  readonly retention_ms: number | null;
  readonly page_size_max: number;
  /** Whether nodes validate tokens from their own cache. */
  readonly has_near_caches: boolean;
  /** The machine's clock at moment 0 of `monotonicMicros`, in milliseconds since 1970. */
  readonly epoch_ms: number;
}

/** The clock that orders the events of all processes: it never steps. */
export function monotonicMicros(): Micros {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000_000 + nanoseconds / 1_000;
}
