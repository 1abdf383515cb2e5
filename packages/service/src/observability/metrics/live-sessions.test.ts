import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { LiveSessions } from './live-sessions.ts';

test('live sessions are counted at most every ten seconds, however often they are read', async () => {
  let now = 0;
  let counts = 0;
  const live = new LiveSessions(
    async () => {
      counts += 1;
      return counts;
    },
    () => now,
  );
  for (const _ of [1, 2, 3]) assert.equal(await live.read(), 1);
  now = 9_999;
  assert.equal(await live.read(), 1);
  now = 10_000;
  assert.equal(await live.read(), 2);
});

test('a slow count delays no scrape for long, runs once, and is repeated more rarely', async () => {
  let now = 0;
  let counts = 0;
  let counted = Promise.withResolvers<number>();
  const count = () => {
    counts += 1;
    return counted.promise;
  };
  const live = new LiveSessions(count, () => now);
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const reads = [live.read(), live.read()];
    mock.timers.tick(500);
    assert.deepEqual(await Promise.all(reads), [null, null]);
    now = 60_000;
    counted.resolve(7);
    assert.equal(await live.read(), 7);
    counted = Promise.withResolvers();
    now = 200_000;
    assert.equal(await live.read(), 7);
    assert.equal(counts, 1, 'a count of a minute is not repeated after ten seconds');
  } finally {
    mock.timers.reset();
  }
});

test('after a count that failed, the number is left out', async () => {
  let now = 0;
  let fails = false;
  const count = async () => {
    if (fails) throw new Error('the store is away');
    return 5;
  };
  const live = new LiveSessions(count, () => now);
  assert.equal(await live.read(), 5);
  fails = true;
  now = 10_000;
  assert.equal(await live.read(), null);
});
