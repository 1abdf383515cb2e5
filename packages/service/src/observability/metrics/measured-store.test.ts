import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SessionsError } from '../../domain/errors.ts';
import { Histogram } from '../../domain/figures/histogram.ts';
import { Sessions } from '../../domain/sessions.ts';
import { ManualClock } from '../../domain/time/clock.ts';
import { MemoryStore } from '../../stores/memory/store.ts';
import { MeasuredStore } from './measured-store.ts';

const DAY_MS = 86_400_000;

function measured() {
  const store = new MemoryStore({ sessions_max: 100 });
  const counted = new MeasuredStore(store);
  const clock = new ManualClock();
  const sessions = new Sessions(counted, clock, { idle_timeout_ms: DAY_MS, retention_ms: DAY_MS });
  return { store, counted, clock, sessions };
}

test('sessions that end by a deadline are counted, by a sweep and one by one', async () => {
  const { counted, clock, sessions } = measured();
  const { session } = await sessions.open({ user_id: 'a' });
  await sessions.open({ user_id: 'b' });
  clock.advance(DAY_MS);
  await sessions.get(session.id);
  assert.equal(counted.changes.closed.deadline, 1);
  await sessions.sweep();
  assert.equal(counted.changes.closed.deadline, 2);
  clock.advance(DAY_MS + 1);
  await sessions.sweep();
  assert.equal(counted.changes.deleted.retention, 2);
});

test('a call that fails is counted, and rejects with the same error', async () => {
  const { store, counted } = measured();
  const fault = new SessionsError('STORE_UNAVAILABLE', 'away');
  store.find = () => Promise.reject(fault);
  await assert.rejects(counted.find('x'), fault);
  assert.deepEqual([counted.calls.find.failed, counted.calls.update.failed], [1, 0]);
  assert.equal(
    counted.calls.find.durations.counts.reduce((sum, count) => sum + count),
    1,
  );
});

test('a close that changes nothing is not counted', async () => {
  const { counted, sessions } = measured();
  const { session } = await sessions.open({ user_id: 'a' });
  await sessions.closeMatching({ filter: {}, except: [], reason: 'closed', limit: 10, dry_run: true });
  assert.equal(counted.changes.closed.closed, 0);
  for (const _ of [1, 2]) await sessions.close(session.id);
  assert.equal(counted.changes.closed.closed, 1);
});

test('a value equal to the bound of a bucket is in that bucket', () => {
  const histogram = new Histogram([1, 2]);
  for (const value of [0, 1, 1.5, 2, 3]) histogram.observe(value);
  assert.deepEqual([histogram.counts, histogram.sum], [[2, 2, 1], 7.5]);
});
