import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ERROR_MAP } from './api/error-codes.ts';
import { COMMANDS } from './api/v1/commands.ts';
import { CHANGES_ROUTE } from './api/v2/changes-route.ts';
import { ROUTES } from './api/v2/routes.ts';
import { Histogram } from './domain/figures/histogram.ts';
import { Sessions } from './domain/sessions.ts';
import { ManualClock } from './domain/time/clock.ts';
import { INCIDENT_KINDS } from './http/clients/incidents.ts';
import { FIXED_ROUTES, routeLabel } from './http/endpoints/fixed-routes.ts';
import { exposition, ProcessMetrics } from './observability/metrics/exposition.ts';
import type { Family } from './observability/metrics/families.ts';
import { parsed } from './observability/metrics/fixtures/parsed.ts';
import { IncidentCounts } from './observability/metrics/incident-counts.ts';
import { LiveSessions } from './observability/metrics/live-sessions.ts';
import { MeasuredStore } from './observability/metrics/measured-store.ts';
import { operationOf } from './observability/metrics/operations.ts';
import { RequestCounts } from './observability/metrics/request-counts.ts';
import { serviceFamilies } from './observability/metrics/service-families.ts';
import { MemoryStore } from './stores/memory/store.ts';

const SERIES_MAX = 500;
/** Kinds of garbage collections, each with 9 series. */
const GC_SERIES_MAX = 4 * 9;

/** Returns the metrics of a service to which everything has happened that can happen, with every part that any store has. */
async function everything(): Promise<readonly Family[]> {
  const clock = new ManualClock();
  const memory = new MemoryStore({ sessions_max: 10 });
  const commits = { writes: new Histogram([1, 4, 16, 64, 256, 1_024]), wait_s: new Histogram([1, 2, 3, 4, 5, 6]) };
  commits.writes.observe(1);
  commits.wait_s.observe(1);
  const figures = () => ({
    waiting: { reads: 0, writes: 0, lists: 0, bulk_changes: 0 },
    connections: { used: 0, idle: 0 },
    commits,
  });
  const store = new MeasuredStore(Object.assign(memory, { figures }));
  for (const { durations } of Object.values(store.calls)) durations.observe(1);
  const requests = new RequestCounts();
  const routes = [
    ...[CHANGES_ROUTE, ...ROUTES].map(({ name, method }) => ({ route: name, isRead: method === 'GET' })),
    ...COMMANDS.map(({ name }) => ({ route: name, isRead: name.startsWith('get_') })),
    ...['none', 'console', ...Object.keys(FIXED_ROUTES).map(routeLabel)].map((route) => ({ route, isRead: true })),
  ];
  for (const { route, isRead } of routes) {
    for (const status of [200, 404, 503]) {
      requests.ended({ route, operation: operationOf(route, isRead), started: 0 }, status);
    }
  }
  for (const durations of Object.values(requests.durations)) durations.observe(1);
  const incidents = new IncidentCounts();
  for (const event of Object.keys(INCIDENT_KINDS)) incidents.add({ event }, 0);
  for (const code of Object.keys(ERROR_MAP)) incidents.add({ event: 'request_failed', code }, 0);
  const delivery_s = new Histogram([1, 2, 3, 4, 5, 6, 7]);
  delivery_s.observe(1);
  return serviceFamilies({
    version: '1.2.3',
    store_kind: 'memory',
    clock,
    requests,
    incidents,
    store,
    sessions: new Sessions(store, clock),
    live: new LiveSessions(async () => 1),
    http: () => ({
      connections: 1,
      connections_max: 1,
      listeners: 1,
      listeners_max: 1,
      delivery_s,
      isReady: async () => true,
    }),
    gaps: () => 1,
    cache: () => ({ hits: 1, loads: 1, entries: 1, bytes: 1 }),
    swept: () => ({ time: 1, closed: 1, purged: 1, lag_ms: 1, more: false }),
    sweep_interval_s: 1,
  });
}

test('a service has at most 500 series, whatever happens to it', async () => {
  const process = await new ProcessMetrics().families();
  const others = process.filter(({ name }) => name !== 'nodejs_gc_duration_seconds');
  const count = [...(await everything()), ...others].reduce((sum, { values }) => sum + values.length, GC_SERIES_MAX);
  assert.ok(count <= SERIES_MAX, `there are ${count} series`);
});

test('names and types follow the conventions of Prometheus', async () => {
  for (const { name, type, help, values } of await everything()) {
    assert.match(name, /^sessions_[a-z]+(_[a-z]+)*$/);
    assert.equal(name.endsWith('_total'), type === 'counter', name);
    assert.doesNotMatch(name, /_(ms|milliseconds|kb|count|sum|bucket)$/);
    assert.match(help, /^[A-Z1].{10,}[^.]$/, name);
    for (const { labels } of values) for (const label of Object.keys(labels)) assert.match(label, /^[a-z_]+$/);
  }
});

test('two processes are added up, but states are not', async () => {
  const one = await everything();
  const [single, both] = [parsed(await exposition([one])), parsed(await exposition([one, one]))];
  const ratio = (series: string) => Number(both.get(series)) / Number(single.get(series));
  for (const series of [
    'sessions_http_requests_total{route="openSession",status="2xx"}',
    'sessions_http_request_duration_seconds_bucket{operation="open",le="+Inf"}',
    'sessions_http_request_duration_seconds_sum{operation="open"}',
    'sessions_cache_hits_total',
    'sessions_http_connections_max',
    'sessions_processes',
  ]) {
    assert.equal(ratio(series), 2, series);
  }
  for (const series of ['sessions_live', 'sessions_ready', 'sessions_last_sweep_timestamp_seconds']) {
    assert.equal(ratio(series), 1, series);
  }
});

/** Returns the series of a text, by the names of their metrics. */
function namesIn(text: string): ReadonlySet<string> {
  const series = text.match(/\b(?:sessions|process|nodejs)_[a-z0-9]+(?:_[a-z0-9]+)*\b/g) ?? [];
  return new Set(series.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
}

test('alerts, dashboard and page name only metrics that exist, and the page all', async () => {
  const families = [...(await everything()), ...(await new ProcessMetrics().families())];
  const known = new Set([...families.map(({ name }) => name), 'nodejs_gc_duration_seconds']);
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const page = /## Metrics\n(.*?)\n## /s.exec(read('docs/operations.md'))?.[1] ?? '';
  const labels = new Set(['node_version']);
  for (const text of [read('deploy/alerts.yml'), read('deploy/grafana-dashboard.json'), page]) {
    const unknown = [...namesIn(text)].filter((name) => !known.has(name) && !labels.has(name));
    assert.deepEqual(unknown, []);
  }
  assert.deepEqual(
    [...known].filter((name) => !namesIn(page).has(name)),
    [],
  );
});
