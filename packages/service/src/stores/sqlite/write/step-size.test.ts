import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StepSize } from './step-size.ts';

test('steps of a sweep become smaller while they take long, and larger again when they are quick', () => {
  const step = new StepSize();
  const sizes = [100, 21, 20, 300, 300, 300, 300, 300, 10, 1, 4].map((ms) => {
    step.took(ms);
    return step.sessions;
  });
  assert.deepEqual(sizes, [16, 8, 8, 4, 2, 1, 1, 1, 1, 2, 4]);
  for (let n = 0; n < 10; n += 1) step.took(0);
  assert.equal(step.sessions, 32);
});
