import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../domain/time/clock.ts';
import { FailureLimit } from './failure-limit.ts';

function failing() {
  const clock = new ManualClock();
  const limit = new FailureLimit();
  const fail = (address = '192.0.2.1') => limit.count(address, clock.now());
  const failTimes = (times: number) => Array.from({ length: times }, () => fail());
  return { clock, fail, failTimes };
}

test('after ten wrong keys, the next one is allowed after six seconds', () => {
  const { clock, fail, failTimes } = failing();
  assert.deepEqual(failTimes(11), [...Array(10).fill(null), 6]);
  clock.advance(4_500);
  assert.equal(fail(), 2);
  clock.advance(1_500);
  assert.deepEqual(failTimes(2), [null, 6]);
});

test('a failure above the limit does not extend the wait', () => {
  const { clock, failTimes } = failing();
  failTimes(1_000);
  clock.advance(6_000);
  assert.deepEqual(failTimes(1), [null]);
});

test('after a minute ten failures are allowed again, and never more', () => {
  const { clock, failTimes } = failing();
  for (const wait_ms of [60_000, 86_400_000]) {
    assert.deepEqual(failTimes(11).at(-1), 6);
    clock.advance(wait_ms);
  }
  assert.deepEqual(failTimes(11), [...Array(10).fill(null), 6]);
});

test('the limit of an address does not affect others, except in its IPv6 /64 network', () => {
  const { fail, failTimes } = failing();
  failTimes(11);
  assert.equal(fail('192.0.2.2'), null);
  for (let host = 1; host <= 10; host += 1) assert.equal(fail(`2001:db8::${host}`), null);
  assert.equal(fail('2001:db8::ffff'), 6);
  assert.equal(fail('2001:db8:0:1::1'), null);
});
