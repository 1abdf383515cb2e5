import type { Scope } from '@pip-sessions/contract/scopes';
import type { SessionSummary } from '@pip-sessions/contract/v2';

/** The response of `GET me`: the key that is signed in, and the service. */
export interface Me {
  /** The name of the key; null if the service requires none. */
  readonly key: string | null;
  readonly scope: Exclude<Scope, 'validate'>;
  /** Whether the service requires no key. */
  readonly open: boolean;
  /** When the sign-in ends; null if it does not. */
  readonly expires: string | null;
  readonly service: {
    readonly name: string;
    readonly version: string;
    readonly store: 'sqlite' | 'memory' | 'postgres' | 'redis';
    readonly started: string;
  };
  /** Where the audit log is; only a file can be read. */
  readonly audit: 'file' | 'stdout' | null;
}

/** The response of `GET sessions/{id}`: a session without the values of the application, but with their sizes. */
export interface SessionDetails extends SessionSummary {
  readonly user_bytes: number;
  readonly data_bytes: number;
}

/** The response of `POST sessions/{id}/reveal`, which the service writes to its audit log. */
export interface RevealedValues {
  readonly user: unknown;
  readonly data: unknown;
}

/** The response of `GET health`: the state of the node that responds. Times are seconds. */
export interface Health {
  readonly status: string;
  /** Why the node is not ready; null if it is. */
  readonly reason: string | null;
  readonly node: {
    readonly version: string;
    readonly started: string;
    readonly uptime_s: number;
    readonly connections: number;
    readonly listeners: number;
    readonly live: number | null;
    readonly feed_lag_s: number;
    readonly delivery_s_p99: number | null;
    readonly near_cache: { readonly hits: number; readonly misses: number } | null;
  };
  /** Requests that were rejected, by hour. */
  readonly hours: readonly { readonly hour: string; readonly refused: number }[];
}

/** A line of the audit log. */
export interface AuditLine {
  readonly time: string;
  readonly event: string;
  readonly key: string | null;
  readonly address: string | null;
  readonly [name: string]: unknown;
}

/** The response of `GET audit`. */
export interface AuditPage {
  readonly items: readonly AuditLine[];
  readonly next_cursor: string | null;
  /** Whether the lines of this page fit each other, and how many they are. */
  readonly chain: { readonly status: 'whole' | 'broken'; readonly lines: number };
}

/** An API key in the response of `GET v2/keys`, without the key itself. */
export interface KeyInfo {
  readonly name: string;
  readonly scope: Scope;
  readonly expires: string | null;
  readonly last_used: string | null;
}
