import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SECOND_SIGNAL_MS_MIN, StopSignals } from './stop-signals.ts';

test('a second signal ends the process at once only a second or more after the first', () => {
  const actions: string[] = [];
  let now = 5_000;
  const signals = new StopSignals(
    { stop: (signal) => actions.push(signal), stopNow: () => actions.push('now') },
    () => now,
  );
  signals.receive('SIGINT');
  signals.receive('SIGINT');
  now += SECOND_SIGNAL_MS_MIN - 1;
  signals.receive('SIGINT');
  signals.receive('SIGTERM');
  assert.deepEqual(actions, ['SIGINT']);
  now += 1;
  signals.receive('SIGTERM');
  assert.deepEqual(actions, ['SIGINT', 'now']);
});
