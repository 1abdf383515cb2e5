import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { ManualClock } from '../../domain/time/clock.ts';
import { createLogger } from '../../observability/log.ts';
import { newApiKey, parseApiKey } from './api-keys.ts';
import { ExpiryWatch } from './expiry-watch.ts';

const DAY_MS = 86_400_000;

/** A watch of keys that end after these days. */
function watching(...days: readonly (number | null)[]) {
  const clock = new ManualClock();
  const lines: Record<string, unknown>[] = [];
  const log = createLogger('info', { write: (line) => void lines.push(JSON.parse(line)) });
  const keys = days.map((left, at) => {
    const expires = left === null ? null : clock.now() + left * DAY_MS;
    return parseApiKey(newApiKey(`key-${at}`, 'write', expires).configured);
  });
  const watch = new ExpiryWatch({ keys: () => keys, now: () => clock.now(), log });
  const seen = () => lines.splice(0).map(({ level, event, key, days_left }) => [level, event, key, days_left]);
  return { clock, watch, seen };
}

test('keys that have expired, or will within 14 days, have a warning each', () => {
  const { watch, seen } = watching(null, 15, 14, 0.5, 0, -3);
  watch.check();
  assert.deepEqual(seen(), [
    ['warn', 'key_expires_soon', 'key-2', 14],
    ['warn', 'key_expires_soon', 'key-3', 0],
    ['warn', 'key_expired', 'key-4', undefined],
    ['warn', 'key_expired', 'key-5', undefined],
  ]);
});

test('a renewal of the keys repeats no warning of the same day', () => {
  const { watch, clock, seen } = watching(0.5, -1);
  watch.check();
  assert.equal(seen().length, 2);
  clock.advance(DAY_MS / 4);
  watch.check();
  assert.deepEqual(seen(), []);
  clock.advance(DAY_MS / 4);
  watch.check();
  assert.deepEqual(seen(), [['warn', 'key_expired', 'key-0', undefined]]);
});

test('the warnings begin at the start and are repeated once a day, until the stop', () => {
  mock.timers.enable({ apis: ['setInterval'] });
  try {
    const { watch, clock, seen } = watching(15.5);
    const pass = (days: number) => {
      for (let day = 0; day < days; day += 1) {
        clock.advance(DAY_MS);
        mock.timers.tick(DAY_MS);
      }
    };
    watch.start();
    assert.deepEqual(seen(), []);
    pass(3);
    assert.deepEqual(
      seen().map((line) => line.at(-1)),
      [13, 12],
    );
    watch.stop();
    pass(1);
    assert.deepEqual(seen(), []);
  } finally {
    mock.timers.reset();
  }
});
