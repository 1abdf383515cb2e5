import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SHIFTS, shiftedClocks } from '../../../../../testing/service/shifted-clocks.ts';
import { elapsedTime } from './elapsed-time.ts';

for (const [what, shift] of Object.entries(SHIFTS)) {
  test(`elapsed time moves by at least 10 s when ${what}`, (t) => {
    const shiftClocks = shiftedClocks(t);
    const before = elapsedTime();
    shiftClocks(shift);
    const after = elapsedTime();
    assert.ok(after - before >= Math.max(10_000, shift.monotonic_ms, shift.wall_ms), `${after - before} ms`);
    assert.ok(elapsedTime() - after < 1_000, 'and goes on as before from then on');
  });
}
