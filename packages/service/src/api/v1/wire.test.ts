import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toFilter } from './wire.ts';

test('a filter time out of range counts as the first or the last possible time', () => {
  for (const digits of ['8640000000000001', '9999999999999999999', `1${'0'.repeat(400)}`]) {
    assert.deepEqual(toFilter({ from_time: digits, to_time: `-${digits}` }), { from_time: 8.64e15, to_time: -8.64e15 });
    assert.deepEqual(toFilter({ from_time: Number(digits) }), { from_time: 8.64e15 });
  }
});

test('an invalid filter time does not filter', () => {
  for (const from_time of ['yesterday', 'NaN', '2026-12-31T23:59:60Z', '9'.repeat(20).concat('x'), true, null]) {
    assert.deepEqual(toFilter({ from_time }), {});
  }
});
