import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GapWindow } from './gap-window.ts';

test('only the growth within the time counts, and a restart begins again', () => {
  const gaps = new GapWindow(100);
  assert.equal(gaps.add(7, 0), 0);
  assert.equal(gaps.add(9, 50), 2);
  assert.equal(gaps.add(10, 120), 1);
  assert.equal(gaps.add(0, 130), 0);
  assert.equal(gaps.add(1, 140), 1);
});
