import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Health } from '../../api/types.ts';
import { nodeFigures } from './figures.ts';

const NOW = Date.parse('2026-03-10T12:00:00.000Z');
const NODE: Health['node'] = {
  ...{
    id: 'n1',
    host: 'web-1',
    pid: 1,
    sweep: null,
    version: '1.0.0',
    started: '2026-03-10T09:00:00.000Z',
    uptime_s: 10_800,
    connections: 12,
    listeners: 3,
  },
  ...{ live: 40, feed_lag_s: 0, feed_gaps: 0, delivery_s_p99: 0.0021, near_cache: null, sweep_interval_s: 900 },
};

function figureOf(id: string, node: Partial<Health['node']>, clock_ms = 0) {
  const health: Health = { status: 'ok', reason: null, node: { ...NODE, ...node } };
  return nodeFigures(health, clock_ms, NOW).find((figure) => figure.id === id);
}

test('each figure of a node says what it means', () => {
  const figures = nodeFigures({ status: 'ok', reason: null, node: NODE }, 0, NOW);
  assert.ok(figures.every(({ name, value, meaning }) => name && value && meaning.endsWith('.')));
  assert.deepEqual(
    figures.filter(({ tone }) => tone),
    [],
  );
});

test('the hit rate is shown with the number of validations behind it', () => {
  assert.match(figureOf('hits', { near_cache: { hits: 75, misses: 25 } })?.value ?? '', /^75.?% of 100$/);
  assert.equal(figureOf('hits', { near_cache: { hits: 0, misses: 0 } })?.value, 'none yet');
  assert.equal(figureOf('hits', {})?.value, 'no cache');
});

test('a figure beyond its limit is marked', () => {
  assert.equal(figureOf('lag', { feed_lag_s: 3.2 })?.tone, 'amber');
  assert.equal(figureOf('delivery', { delivery_s_p99: 1.5 })?.tone, 'amber');
  assert.equal(figureOf('listeners', { listeners: 4_500 })?.tone, 'amber');
  assert.equal(figureOf('clock', {}, 5_000)?.value, '5 s behind the node');
  assert.equal(figureOf('clock', {}, -5_000)?.value, '5 s ahead of the node');
});
