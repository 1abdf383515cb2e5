import type { Sessions } from '../../domain/sessions.ts';
import type { HourCounts } from '../../domain/store.ts';
import type { Swept } from '../../domain/sweeps/sweep.ts';
import type { Clock } from '../../domain/time/clock.ts';
import type { HttpFigures } from '../../observability/metrics/http-figures.ts';
import type { IncidentCounts } from '../../observability/metrics/incident-counts.ts';
import type { RequestCounts } from '../../observability/metrics/request-counts.ts';
import type { Authenticator } from '../authentication/authenticate.ts';
import type { Health } from '../endpoints/health.ts';
import type { StatusInfo } from '../endpoints/pip-endpoints.ts';
import type { ErrorResponses } from '../error-response.ts';
import type { Handler } from '../request-handler.ts';
import type { RequestLog } from '../request-log.ts';
import type { ConsoleTimeouts } from './sign-ins.ts';

/** The facts about the service that the console needs. */
export interface ConsoleOptions {
  readonly timeouts: ConsoleTimeouts;
  /** The scheme of the store's URL, like `sqlite`. */
  readonly store_kind: string;
  /** The setting of the audit log: `stdout`, `file:<path>`, or null for none. */
  readonly audit_setting: string | null;
  /** The time between two sweeps of sessions past their deadline, in seconds; 0 for none. */
  readonly sweep_interval_s: number;
  /** Returns the counts of the hours since a time, as `SessionStore.hours` does. */
  readonly hours: (since: number) => Promise<readonly HourCounts[]>;
  /** Returns the figures of this node. */
  readonly figures: () => Promise<NodeFigures>;
}

/** The figures of a node for the console; times are seconds. */
export interface NodeFigures {
  /** Live sessions of the store; null before they were counted. */
  readonly live: number | null;
  /** Time since the last watermark of the store's feed of changes. */
  readonly feed_lag_s: number;
  /** How many times the feed may have missed changes, since the start. */
  readonly feed_gaps: number;
  /** The node's cache; null if it has none. */
  readonly near_cache: { readonly hits: number; readonly misses: number } | null;
  /** The last sweep of this node; null before its first. */
  readonly swept: Swept | null;
}

/** The state of this node that the HTTP server knows. */
export interface NodeState {
  readonly health: Pick<Health, 'readiness'>;
  readonly http: () => HttpFigures;
  /** The rejected requests; null if nothing is counted. */
  readonly incidents: IncidentCounts | null;
  /** When the server was created. */
  readonly started: number;
}

export interface ConsoleHandlerOptions {
  readonly adminConsole: ConsoleOptions;
  readonly sessions: Sessions;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly info: StatusInfo;
  readonly requests: RequestLog;
  readonly errors: ErrorResponses;
  readonly counts: RequestCounts | null;
  readonly node: NodeState;
  /** Serves API v2. */
  readonly v2: Handler;
}
