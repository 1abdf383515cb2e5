import type { Scope } from '@pip-sessions/contract/scopes';
import type { SessionSummary, StatsHour, Sweep } from '@pip-sessions/contract/v2';

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
    /** Differs for each start of each process. */
    readonly id: string;
    readonly host: string;
    readonly pid: number;
    readonly version: string;
    readonly started: string;
    readonly uptime_s: number;
    readonly connections: number;
    readonly listeners: number;
    readonly live: number | null;
    readonly feed_lag_s: number;
    /** How many times the feed may have missed changes, since the start. */
    readonly feed_gaps: number;
    readonly delivery_s_p99: number | null;
    readonly near_cache: { readonly hits: number; readonly misses: number } | null;
    /** The time between two sweeps of sessions past their deadline; 0 for none. */
    readonly sweep_interval_s: number;
    /** The last sweep of this node; null before its first. */
    readonly sweep: Sweep | null;
  };
}

/** The response of `GET hours`: the last 26 hours, the newest first. Hours without any change are omitted. */
export interface Hours {
  readonly items: readonly HourFigures[];
}

export interface HourFigures extends StatsHour {
  /** Requests that this node rejected; null if it counts none. */
  readonly refused: number | null;
  /** Sign-ins that this node rejected for the limit of their users; null if it counts none. */
  readonly limited: number | null;
}

/** A line of the audit log. Lines of different events have different properties. */
export interface AuditLine {
  /** Missing in a line that is no JSON. */
  readonly time?: string;
  readonly event: string;
  /** The name of the key that was used. */
  readonly caller?: string | null;
  readonly address?: string | null;
  /** The hash of the session's id. */
  readonly session?: string;
  /** The lines of one process, and the number of the line among them. */
  readonly chain?: string;
  readonly n?: number;
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
  /** The last use at this node; null for none since its start. */
  readonly last_used: string | null;
  readonly uses: number;
}

/** The response of `GET v2/keys`. */
export interface KeyList {
  /** Since when the node counts the uses of keys. */
  readonly since: string;
  readonly items: readonly KeyInfo[];
}
