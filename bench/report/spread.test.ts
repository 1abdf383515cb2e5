import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ratio, spread } from './spread.ts';

test('a spread has the median: the middle value or the mean of the two middle values', () => {
  assert.deepEqual(spread([3, 1, 2]), { median: 2, min: 1, max: 3 });
  assert.deepEqual(spread([4, 1, 2, 10]), { median: 3, min: 1, max: 10 });
});

test('a spread is null without values or with a missing value', () => {
  assert.equal(spread([]), null);
  assert.equal(spread([1, null]), null);
});

test('a ratio compares values of the same round', () => {
  // The machine was half as fast in the second round. The ratio does not change.
  assert.deepEqual(ratio([20, 10, 20], [10, 5, 10]), { median: 2, min: 2, max: 2 });
  assert.equal(ratio([1, 2], [1, null]), null);
});
