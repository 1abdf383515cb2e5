import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { LimitedGaps } from './limited-gaps.ts';

test('limited gaps: the first gap is published at once, later ones once a second', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    let published = 0;
    const gaps = new LimitedGaps(() => {
      published += 1;
    });
    gaps.add(10);
    assert.deepEqual([published, gaps.heldAt], [1, Number.POSITIVE_INFINITY]);
    for (const watermark of [20, 30, 30]) gaps.add(watermark);
    // The second gap is not published yet, so the feed is complete only up to its watermark at that time.
    assert.deepEqual([published, gaps.heldAt], [1, 20]);
    mock.timers.tick(1_000);
    assert.deepEqual([published, gaps.heldAt], [2, Number.POSITIVE_INFINITY]);
    gaps.add(40);
    assert.deepEqual([published, gaps.heldAt], [2, 40]);
    mock.timers.tick(1_000);
    assert.equal(published, 3);
    mock.timers.tick(1_000);
    gaps.add(50);
    assert.equal(published, 4);
    gaps.add(60);
    gaps.close();
    mock.timers.tick(10_000);
    assert.equal(published, 4);
  } finally {
    mock.timers.reset();
  }
});
