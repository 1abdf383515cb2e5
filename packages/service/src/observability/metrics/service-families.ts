import type { NearCacheStats } from '@pip-sessions/near-cache';
import type { Sessions } from '../../domain/sessions.ts';
import type { Swept } from '../../domain/sweeps/sweep.ts';
import type { Clock } from '../../domain/time/clock.ts';
import { elapsedTime } from '../../domain/time/elapsed-time.ts';
import { by, counter, type Family, gauge, histogram } from './families.ts';
import type { HttpFigures } from './http-figures.ts';
import type { IncidentCounts } from './incident-counts.ts';
import type { LiveSessions } from './live-sessions.ts';
import { type MeasuredStore, STORE_OPERATIONS } from './measured-store.ts';
import { OPERATIONS } from './operations.ts';
import type { RequestCounts } from './request-counts.ts';

/** The sources of the metrics of one process. */
export interface MetricsSources {
  readonly version: string;
  /** The scheme of the store's URL, like `sqlite`. */
  readonly store_kind: string;
  readonly clock: Clock;
  readonly requests: RequestCounts;
  readonly incidents: IncidentCounts;
  readonly store: MeasuredStore;
  readonly sessions: Sessions;
  readonly live: LiveSessions;
  readonly http: () => HttpFigures;
  /** The number of gaps of the store's feed. */
  readonly gaps: () => number;
  /** The node's cache; null if it has none. */
  readonly cache: (() => NearCacheStats) | null;
  /** The last sweep of this process; null before the first one. */
  readonly swept: () => Swept | null;
  readonly sweep_interval_s: number;
}

/**
 * Returns the metrics of this process. No label has a value that callers choose, so the number of series is bounded.
 * Waits at most about a second: for the check of `/readyz`, and for the count of live sessions.
 */
export async function serviceFamilies(sources: MetricsSources): Promise<readonly Family[]> {
  const http = sources.http();
  const [isReady, live] = await Promise.all([http.isReady(), sources.live.read()]);
  return [
    ...aboutProcess(sources, isReady),
    ...aboutRequests(sources, http),
    ...aboutSessions(sources, live),
    ...aboutStore(sources),
    ...aboutChanges(sources, http),
    ...aboutSweeps(sources),
  ].filter(({ values }) => values.length > 0);
}

function aboutProcess({ version, store_kind, clock }: MetricsSources, isReady: boolean): Family[] {
  const build = { version, node_version: process.version, store: store_kind };
  const isWrong = (clock.problem?.() ?? null) !== null;
  return [
    gauge('sessions_build_info', 'The version of the service; always 1', [[build, 1]], 'first'),
    gauge('sessions_ready', '1 if requests can be served, as /readyz reports it, else 0', Number(isReady), 'min'),
    gauge('sessions_clock_problem', "1 if this node's clock differs too much from its store's", Number(isWrong), 'max'),
    gauge('sessions_processes', 'The number of processes whose metrics are added up here', 1),
  ];
}

function aboutRequests({ requests, incidents }: MetricsSources, http: HttpFigures): Family[] {
  const responses = [...requests.responses].flatMap(([route, classes]) =>
    classes.flatMap((count, index) => (count === 0 ? [] : [[{ route, status: `${index}xx` }, count] as const])),
  );
  const durations = OPERATIONS.map((operation) => [{ operation }, requests.durations[operation]] as const);
  return [
    counter('sessions_http_requests_total', 'Requests, by route and class of the status', responses),
    histogram('sessions_http_request_duration_seconds', 'Time from the head of a request to its response', durations),
    counter('sessions_http_errors_total', 'Rejected and failed requests, by error code', by('code', incidents.codes)),
    counter('sessions_incidents_total', 'Incidents of the log, by event', by('event', incidents.events)),
    gauge('sessions_http_connections', 'Open connections', http.connections),
    gauge('sessions_http_connections_max', 'The maximum number of open connections', http.connections_max),
  ];
}

function aboutSessions({ sessions, store, cache }: MetricsSources, live: number | null): Family[] {
  const { opened, rotated, limited, closed, deleted } = store.changes;
  const { memory, store: stored } = sessions.validations;
  const validations = Object.entries({ memory, store: stored }).flatMap(([source, results]) =>
    Object.entries(results).map(([result, count]) => [{ source, result }, count] as const),
  );
  return [
    counter('sessions_validations_total', 'Validated tokens, by result and by what decided it', validations),
    counter('sessions_opened_total', 'Opened sessions', opened),
    counter('sessions_closed_total', 'Closed sessions, by reason; deadline is idle or expired', by('reason', closed)),
    counter('sessions_deleted_total', 'Deleted sessions, by cause', by('cause', { ...deleted })),
    counter('sessions_rotations_total', 'Replaced tokens', rotated),
    counter('sessions_limit_rejections_total', 'Opens that were rejected at the limit of a user', limited),
    ...(live === null
      ? []
      : [gauge('sessions_live', 'Live sessions in the store; at most some seconds old', live, 'max')]),
    ...(cache ? aboutCache(cache()) : []),
  ];
}

function aboutCache({ hits, loads, entries, bytes }: NearCacheStats): Family[] {
  return [
    counter('sessions_cache_hits_total', "Reads that the node's cache served", hits),
    counter('sessions_cache_misses_total', "Reads that the node's cache loaded from the store", loads),
    gauge('sessions_cache_entries', "Sessions in the node's cache", entries),
    gauge('sessions_cache_bytes', "Approximate size of the node's cache", bytes),
  ];
}

function aboutStore({ store }: MetricsSources): Family[] {
  const calls = STORE_OPERATIONS.map((operation) => ({ operation, ...store.calls[operation] }));
  const durations = calls.map((one) => [{ operation: one.operation }, one.durations] as const);
  const failed = calls.map((one) => [{ operation: one.operation }, one.failed] as const);
  const { waiting, connections, commits } = store.figures();
  return [
    histogram('sessions_store_call_duration_seconds', 'Time of a call of the store', durations),
    counter('sessions_store_failures_total', 'Calls of the store that failed', failed),
    gauge('sessions_store_waiting', 'Calls that wait in the store, by queue', by('queue', waiting)),
    ...(connections
      ? [gauge('sessions_store_connections', "Connections to the store's server", by('state', { ...connections }))]
      : []),
    ...(commits
      ? [
          histogram('sessions_store_commit_writes', 'Writes of a commit', [[{}, commits.writes]]),
          histogram(
            'sessions_store_commit_wait_seconds',
            'Time from the first write of a commit, in the queue, to its end',
            [[{}, commits.wait_s]],
          ),
        ]
      : []),
  ];
}

function aboutChanges({ store, gaps }: MetricsSources, http: HttpFigures): Family[] {
  const lag_s = Math.max(0, elapsedTime() - store.watermark()) / 1000;
  return [
    gauge('sessions_feed_lag_seconds', "Time since the last watermark of the store's feed of changes", lag_s, 'max'),
    counter('sessions_feed_gaps_total', "Gaps of the store's feed, after which nothing cached is used", gaps()),
    gauge('sessions_changes_listeners', 'Listeners of /v2/changes', http.listeners),
    gauge('sessions_changes_listeners_max', 'The maximum number of listeners of /v2/changes', http.listeners_max),
    histogram(
      'sessions_changes_delivery_seconds',
      'Revocation lag: time from the commit of a change, at any node, to the write to the last listener',
      [[{}, http.delivery_s]],
    ),
  ];
}

function aboutSweeps({ swept, sweep_interval_s }: MetricsSources): Family[] {
  const interval = gauge(
    'sessions_sweep_interval_seconds',
    'Time between two sweeps; 0 for none',
    sweep_interval_s,
    'max',
  );
  const last = swept();
  if (!last) return [interval];
  const { time, lag_ms, more } = last;
  return [
    interval,
    gauge('sessions_last_sweep_timestamp_seconds', 'Time of the last sweep of this process', time / 1000, 'max'),
    gauge(
      'sessions_sweep_lag_seconds',
      'How long the first session of the last sweep was past its deadline',
      lag_ms / 1000,
      'max',
    ),
    gauge('sessions_sweep_is_behind', '1 if the last sweep has left sessions for the next one', Number(more), 'max'),
  ];
}
