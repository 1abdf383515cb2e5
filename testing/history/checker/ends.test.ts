import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repeatableSessionId } from '../../../packages/service/src/domain/ids.ts';
import { became_idle, closed, micros, seen, WrittenHistory } from './fixtures/written-history.ts';

const LIVE_OF_ANN = { user_id: 'ann', active: true };

test('a session that was closed may be shown as live by a call that began before', () => {
  const history = new WrittenHistory().open([0, 1]).close([2, 5]).get([4, 8], seen()).get([9, 10], closed());
  assert.equal(history.violation(), null);
});

test('a session that was closed is not shown as live by a later get', () => {
  assert.equal(new WrittenHistory().open([0, 1]).close([2, 5]).get([6, 8], seen()).breaks(), 'ended-stays-ended');
});

test('a session that was shown as idle is not live again after a delayed touch', () => {
  const history = new WrittenHistory().open([0, 1]).get([10_000, 10_010], became_idle());
  history.get([10_020, 10_030], seen({ request_time: 1_009_999 }));
  assert.equal(history.breaks(), 'ended-stays-ended');
});

test('a touch that succeeds after an end by the deadline contradicts it', () => {
  const history = new WrittenHistory().open([0, 1]).get([10_000, 10_010], became_idle());
  const touched = seen({ request_time: 1_009_999 });
  history.call([9_999, 10_020], { kind: 'touch', id: 's1' }, { is: 'session', session: touched });
  assert.equal(history.breaks(), 'deadline-is-kept');
});

test('the end that a validation gives is an end for every other call', () => {
  const history = new WrittenHistory().open([0, 1]).validate([10_000, 10_001], { is: 'ended', reason: 'idle' });
  assert.equal(history.get([10_002, 10_003], seen({ request_time: 1_000_900 })).breaks(), 'ended-stays-ended');
});

test('a cache may show a session as live for three seconds after its end', () => {
  const live = { is: 'session', session: seen() } as const;
  const history = new WrittenHistory().open([0, 1]).close([2, 5]).validate([3_000, 3_001], live);
  assert.equal(history.violation(), null);
  assert.equal(history.validate([3_006, 3_007], live).breaks(), 'ended-stays-ended');
});

test('a store without caches shows an end at once', () => {
  const live = { is: 'session', session: seen() } as const;
  const history = new WrittenHistory({ has_near_caches: false }).open([0, 1]).close([2, 5]);
  assert.equal(history.validate([6, 7], live).breaks(), 'ended-stays-ended');
});

test('a session missing from a complete list of live sessions is not live later', () => {
  const idle = seen({ idle_timeout_ms: 50 });
  const history = new WrittenHistory().open([0, 1], idle).list([60, 61], LIVE_OF_ANN, []);
  assert.equal(history.violation(), null);
  assert.equal(history.list([62, 63], LIVE_OF_ANN, [idle]).breaks(), 'ended-stays-ended');
});

test('a later read does not contradict a published end', () => {
  const event = { type: 'delivered', listener: 'a', id: 's1', revision: 2, reason: 'closed' } as const;
  const history = new WrittenHistory().open([0, 1]);
  history.invoked(2, { kind: 'close', id: 's1', reason: 'closed' }).event({ ...event, time: micros(3) });
  assert.equal(history.get([4, 5], seen()).breaks(), 'ended-stays-ended');
});

test('a count of live sessions does not count one that has ended', () => {
  const history = new WrittenHistory().open([0, 1]).close([2, 5]).count([4, 6], LIVE_OF_ANN, 1);
  assert.equal(history.violation(), null);
  assert.equal(history.count([6, 7], LIVE_OF_ANN, 1).breaks(), 'ended-stays-ended');
});

test('a removed session does not come back', () => {
  const history = new WrittenHistory()
    .open([0, 1])
    .remove([2, 3])
    .call([4, 5], { kind: 'get', id: 's1' }, { is: 'missing' });
  assert.equal(history.violation(), null);
  assert.equal(history.get([6, 7], seen()).breaks(), 'ended-stays-ended');
});

test('a token of an earlier session with the same id does not concern the current one', () => {
  const history = new WrittenHistory().open([0, 1]).validate([2, 3], { is: 'missing' }, 's1', 'of an earlier one');
  assert.equal(history.get([4, 5], seen()).violation(), null);
  assert.equal(history.validate([6, 7], { is: 'missing' }).breaks(), 'write-survives');
});

test('a removed session may be opened again with its idempotency key', () => {
  const id = repeatableSessionId('ann', 'key');
  const [first, second] = [seen({ id }), seen({ id, number: 2 })];
  const history = new WrittenHistory()
    .open([0, 1], first, [], 'key')
    .remove([2, 3], first)
    .open([4, 5], second, [], 'key');
  assert.equal(history.get([6, 7], second).violation(), null);
});

test('a call for a removed session may reach the one opened again under its id', () => {
  const id = repeatableSessionId('ann', 'key');
  const [first, second] = [seen({ id }), seen({ id, number: 2 })];
  const more = { idle_timeout_ms: null, expire_in_ms: 60, client: null, revision: null };
  const expired = closed({ id, number: 2, close_reason: 'expired', close_time: 1_000_065, revision: 3 });
  for (const isUnderWay of [true, false]) {
    const history = new WrittenHistory().open([0, 1], first, [], 'key').remove([2, 3], first);
    if (isUnderWay) history.invoked(4, { kind: 'amend', id, ...more });
    history.open([5, 6], second, [], 'key').get([70, 71], expired);
    assert.equal(history.violation()?.invariant ?? null, isUnderWay ? null : 'deadline-is-kept');
  }
});

test('the reason, the time and the revision of an end do not change', () => {
  const ended = () => new WrittenHistory().open([0, 1]).close([2, 5]);
  assert.equal(ended().get([6, 7], closed()).violation(), null);
  for (const other of [
    closed({ close_reason: 'revoked' }),
    closed({ close_time: 1_000_006 }),
    closed({ revision: 3 }),
  ]) {
    assert.equal(ended().get([6, 7], other).breaks(), 'end-never-changes');
  }
});

test('an end by request needs a request', () => {
  const history = new WrittenHistory().open([0, 1]);
  assert.equal(history.get([6, 7], closed()).breaks(), 'end-has-cause');
});

test('an eviction needs an open request of the same user', () => {
  const evicted = closed({ close_reason: 'evicted' });
  const limit = { max: 1, policy: 'evict_oldest' } as const;
  const history = () => new WrittenHistory({ limit }).open([0, 1]);
  assert.equal(
    history()
      .open([2, 3], seen({ number: 2 }), ['s1'])
      .get([4, 5], evicted)
      .violation(),
    null,
  );
  assert.equal(
    history()
      .open([2, 3], seen({ number: 2, user: 'bob' }))
      .get([4, 5], evicted)
      .breaks(),
    'end-has-cause',
  );
});

test('a session does not become idle before its deadline', () => {
  const history = () => new WrittenHistory().open([0, 1]);
  assert.equal(history().get([10_000, 10_001], became_idle()).violation(), null);
  assert.equal(history().get([9_000, 9_001], became_idle()).breaks(), 'deadline-is-kept');
  const early = became_idle({ close_time: 1_009_000 });
  assert.equal(history().get([10_000, 10_001], early).breaks(), 'deadline-is-kept');
});

test('activity that a response has shown moves the deadline', () => {
  const history = new WrittenHistory().open([0, 1]).get([6_000, 6_001], seen({ request_time: 1_005_000 }));
  assert.equal(history.get([10_000, 10_001], became_idle()).breaks(), 'deadline-is-kept');
});

test('a read does not show a session as live past its deadline', () => {
  const history = new WrittenHistory().open([0, 1]);
  assert.equal(history.get([9_999, 10_050], seen()).violation(), null);
  assert.equal(history.get([10_051, 10_052], seen()).breaks(), 'deadline-is-kept');
});

test('a clock that is ahead may end a session early', () => {
  const history = new WrittenHistory().event({ type: 'clock', time: 0, node: 1, offset_ms: 5_000 }).open([0, 1]);
  assert.equal(history.get([5_000, 5_001], became_idle(), 10_000).violation(), null);
});
