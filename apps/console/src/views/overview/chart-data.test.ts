import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartData, reasonAt } from './chart-data.ts';
import { allHours } from './hours.ts';

const NOW = Date.parse('2026-03-10T12:15:00.000Z');
const [HOUR] = allHours(
  [{ hour: '2026-03-10T12:00:00.000Z', opened: 7, closed: { closed: 2, idle: 3 }, refused: 0, limited: 0 }],
  NOW,
);

test('ended sessions are stacked below zero, the whole stack first', () => {
  assert.ok(HOUR);
  const [, opened, ...stacks] = chartData([HOUR]);
  assert.deepEqual(opened, [7]);
  assert.deepEqual(stacks.flat(), [-5, -5, -5, -5, -2, -2]);
});

test('a press below zero finds the reason under the pointer', () => {
  assert.ok(HOUR);
  assert.deepEqual(
    [3, -1, -2, -4, -40].map((value) => reasonAt(HOUR, value)),
    [null, 'closed', 'closed', 'idle', 'idle'],
  );
});
