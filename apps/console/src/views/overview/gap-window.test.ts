import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GapWindow } from './gap-window.ts';

test('only the growth within the time counts, for each node alone', () => {
  const gaps = new GapWindow(100);
  assert.equal(gaps.add('a', 7, 0), 0);
  assert.equal(gaps.add('b', 0, 10), 0);
  assert.equal(gaps.add('a', 9, 50), 2);
  assert.equal(gaps.add('b', 0, 60), 0);
  assert.equal(gaps.add('a', 10, 120), 1);
  assert.equal(gaps.add('a', 10, 120), 1);
});
