import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ratio, spread } from './spread.ts';

test('a spread has the middle value, or the mean of the two in the middle', () => {
  assert.deepEqual(spread([3, 1, 2]), { median: 2, min: 1, max: 3 });
  assert.deepEqual(spread([4, 1, 2, 10]), { median: 3, min: 1, max: 10 });
});

test('there is no spread of nothing, nor where one value was not measured', () => {
  assert.equal(spread([]), null);
  assert.equal(spread([1, null]), null);
});

test('a ratio compares what was measured in the same round', () => {
  // The machine was half as fast in the second round: the ratio is not moved by it.
  assert.deepEqual(ratio([20, 10, 20], [10, 5, 10]), { median: 2, min: 2, max: 2 });
  assert.equal(ratio([1, 2], [1, null]), null);
});
