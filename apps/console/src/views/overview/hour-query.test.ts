import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryOfHour } from './hour-query.ts';

test('an hour leads to the sessions that were opened in it, or that ended in it', () => {
  const start = Date.parse('2026-03-10T12:00:00.000Z');
  const of = (reason: Parameters<typeof queryOfHour>[1]) => Object.fromEntries(queryOfHour({ start }, reason));
  const times = ['2026-03-10T12:00:00.000Z', '2026-03-10T13:00:00.000Z'];
  assert.deepEqual(of(null), { state: 'all', opened_after: times[0], opened_before: times[1] });
  const ended = { state: 'ended', close_reason: 'revoked', from_time: times[0], to_time: times[1] };
  assert.deepEqual(of('revoked'), ended);
  assert.deepEqual(of('idle'), { state: 'ended', close_reason: 'idle' });
});
