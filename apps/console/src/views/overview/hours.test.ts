import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allHours, HOUR_MS, lastHour, liveBefore, liveByHour } from './hours.ts';

const NOW = Date.parse('2026-03-10T12:15:00.000Z');
const at = (hours_ago: number) => new Date(Math.floor(NOW / HOUR_MS) * HOUR_MS - hours_ago * HOUR_MS).toISOString();
const hour = (hours_ago: number, opened: number, revoked = 0, refused: number | null = 0) => ({
  hour: at(hours_ago),
  opened,
  closed: { revoked },
  refused,
  limited: 0,
});

test('hours in which nothing happened are in the list, with zeros', () => {
  const hours = allHours([hour(1, 4, 2)], NOW);
  assert.equal(hours.length, 26);
  assert.deepEqual(
    hours.slice(0, 3).map(({ opened, ended, refused }) => [opened, ended, refused]),
    [
      [0, 0, 0],
      [4, 2, 0],
      [0, 0, 0],
    ],
  );
  assert.equal(hours[1]?.start, Date.parse(at(1)));
});

test('the last hour is this hour and the rest of the hour before', () => {
  const hours = allHours([hour(0, 10), hour(1, 40), hour(24, 80), hour(25, 40)], NOW);
  const opened = lastHour(hours, (one) => one.opened, NOW);
  assert.deepEqual(opened, { value: 10 + 30, before: 20 + 30, isEstimated: true });
});

test('the last hour is exact if nothing happened in the hour before', () => {
  const hours = allHours([hour(0, 3)], NOW);
  assert.deepEqual(
    lastHour(hours, (one) => one.opened, NOW),
    { value: 3, before: 0, isEstimated: false },
  );
});

test('live sessions of earlier hours follow from the opened and ended ones since', () => {
  const hours = allHours([hour(0, 5, 1), hour(2, 10)], NOW);
  const live = liveByHour(hours, 20);
  assert.equal(live.length, 24);
  assert.deepEqual(live.slice(-4), [6, 16, 16, 20]);
  assert.equal(liveBefore(hours, 20, NOW), 6);
  assert.equal(liveBefore(hours, 2, NOW), 0);
});

test('a service that counts no rejected requests has none, and not zero', () => {
  assert.equal(allHours([hour(0, 1, 0, null)], NOW)[3]?.refused, null);
});
