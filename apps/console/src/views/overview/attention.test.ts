import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stats } from '@pip-sessions/contract/v2';
import { concernsOf, type Known } from './attention.ts';

const NOW = Date.parse('2026-03-10T12:00:00.000Z');
const NODE = {
  ...{
    id: 'n1',
    host: 'web-1',
    pid: 1,
    sweep: null,
    version: '1.0.0',
    started: '2026-03-10T11:00:00.000Z',
    uptime_s: 3_600,
    connections: 1,
    listeners: 1,
  },
  ...{ live: 1, feed_lag_s: 0, feed_gaps: 0, delivery_s_p99: null, near_cache: null, sweep_interval_s: 900 },
};
const STATS: Stats = { live: 1, opened: 1, closed: { revoked: 3 }, hours: [], sweep: sweep(100) };
const GOOD: Known = {
  stats: STATS,
  nodes: [{ status: 'ok', reason: null, node: NODE }],
  limits: { opened: 100, evicted: 9, rejected: 0 },
  keys: [{ name: 'shop', scope: 'write', expires: '2026-06-10T00:00:00.000Z', last_used: null, uses: 0 }],
  ...{ gaps: 0, clock_ms: 0, now: NOW },
};

function sweep(lag: number, time = '2026-03-10T11:50:00.000Z') {
  return { time, closed: 1, purged: 0, lag };
}

const ids = (known: Partial<Known>) => concernsOf({ ...GOOD, ...known }).map(({ id }) => id);

test('nothing needs attention on a good day', () => {
  assert.deepEqual(ids({}), []);
  assert.deepEqual(ids({ stats: undefined, nodes: [], limits: undefined, keys: undefined }), []);
});

test('a node that is not ready says why', () => {
  const nodes = [
    ...GOOD.nodes,
    { status: 'unavailable', reason: 'The disk is full.', node: { ...NODE, host: 'web-2' } },
  ];
  assert.partialDeepStrictEqual(concernsOf({ ...GOOD, nodes }), [
    { id: 'ready', tone: 'red', title: 'The node web-2 is not ready.', hint: 'The disk is full.' },
  ]);
});

test('compromised sessions lead to their list', () => {
  const [concern] = concernsOf({ ...GOOD, stats: { ...STATS, closed: { compromised: 2 } } });
  assert.equal(`${concern?.link?.path}?${concern?.link?.query}`, '/sessions?state=ended&close_reason=compromised');
});

test('a feed that lags or was interrupted often needs attention', () => {
  assert.deepEqual(ids({ nodes: [...GOOD.nodes, { status: 'ok', reason: null, node: { ...NODE, feed_lag_s: 12 } }] }), [
    'lag',
  ]);
  assert.deepEqual(ids({ gaps: 3 }), []);
  assert.deepEqual(ids({ gaps: 4 }), ['gaps']);
});

test('a sweep that lags needs attention, and one of another node does not', () => {
  const withSweep = (one: ReturnType<typeof sweep>) =>
    ids({ stats: { live: 1, opened: 1, closed: {}, hours: [], sweep: one } });
  assert.deepEqual(withSweep(sweep(3_000)), ['sweep']);
  assert.deepEqual(withSweep(sweep(3_000, '2026-03-10T09:00:00.000Z')), []);
});

test('a clock that is off and keys that end soon need attention', () => {
  assert.deepEqual(ids({ clock_ms: -40_000 }), ['clock']);
  const keys = [
    { name: 'shop', scope: 'write' as const, expires: '2026-03-20T00:00:00.000Z', last_used: null, uses: 0 },
  ];
  assert.deepEqual(ids({ keys }), ['keys']);
});

test('users at their limit need attention if sign-ins fail or many sessions end', () => {
  assert.deepEqual(ids({ limits: { opened: 100, evicted: 0, rejected: 1 } }), ['limited']);
  const limits = { opened: 100, evicted: 10, rejected: 0 };
  const [concern] = concernsOf({ ...GOOD, limits });
  const path = '/sessions?state=ended&from_time=1h&close_reason=evicted';
  assert.equal(`${concern?.link?.path}?${concern?.link?.query}`, path);
  assert.deepEqual(ids({ limits: { ...limits, opened: 101 } }), []);
});
