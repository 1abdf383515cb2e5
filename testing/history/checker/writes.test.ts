import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation } from '../history.ts';
import { closed, seen, WrittenHistory } from './fixtures/written-history.ts';

const opened = () => new WrittenHistory().open([0, 1]);
const at = (revision: number, data = `{"a":${revision}}`, user: string | null = null) =>
  seen({ revision, values: { data, user } });

test('a read that begins after a change shows it', () => {
  assert.equal(opened().replace([2, 5], at(2)).get([4, 9], seen()).get([6, 7], at(2)).violation(), null);
  assert.equal(opened().replace([2, 5], at(2)).get([6, 7], seen()).breaks(), 'revision-never-falls');
});

test('one revision has one content', () => {
  const history = opened().replace([2, 5], at(2));
  assert.equal(history.get([6, 7], at(2, '{"a":9}')).breaks(), 'write-survives');
});

test('each revision is made by one change', () => {
  assert.equal(opened().replace([2, 5], at(2)).replace([3, 6], at(3)).violation(), null);
  assert.equal(opened().replace([2, 5], at(2)).replace([3, 6], at(2)).breaks(), 'revision-has-one-change');
});

test('a change with If-Match follows the revision that it names', () => {
  assert.equal(opened().replace([2, 5], at(2), 1).violation(), null);
  assert.equal(opened().replace([2, 5], at(2)).replace([6, 7], at(3), 1).breaks(), 'if-match');
});

test('a change with If-Match is rejected only at another revision', () => {
  const operation = { kind: 'replace', id: 's1', member: 'data', value: '{}', revision: 1 } as const;
  const conflict = (revision: number) => ({ is: 'conflict', revision }) as const;
  assert.equal(opened().replace([2, 3], at(2)).call([4, 5], operation, conflict(2)).violation(), null);
  assert.equal(opened().call([4, 5], operation, conflict(1)).breaks(), 'if-match');
});

test('a merge patch keeps the properties that it does not name', () => {
  const patch: Operation = { kind: 'patch', id: 's1', patch: '{"b":2}', bytes_max: 100, revision: null };
  const patched = (data: string) =>
    opened()
      .replace([2, 3], at(2))
      .call([4, 5], patch, { is: 'session', session: at(3, data) });
  assert.equal(patched('{"b":2,"a":2}').violation(), null);
  assert.equal(patched('{"b":2}').breaks(), 'write-survives');
});

test('a change of data keeps user', () => {
  const history = opened().replace([2, 3], at(2));
  assert.equal(history.replace([4, 5], at(3, '{"a":3}', '{"name":"ann"}')).breaks(), 'write-survives');
});

test('every later read shows the activity that was shown before', () => {
  const touched = seen({ request_time: 1_000_500 });
  const touch = { kind: 'touch', id: 's1' } as const;
  const history = opened().call([500, 501], touch, { is: 'session', session: touched });
  assert.equal(history.get([502, 503], seen()).breaks(), 'write-survives');
});

test('a touch that succeeds has written the activity', () => {
  const touch = { kind: 'touch', id: 's1' } as const;
  const touched = (request_time: number) => ({ is: 'session', session: seen({ request_time }) }) as const;
  assert.equal(opened().call([500, 501], touch, touched(1_000_500)).violation(), null);
  assert.equal(opened().call([500, 501], touch, touched(1_000_000)).breaks(), 'write-survives');
});

test('an opened session exists until it is removed', () => {
  const get = { kind: 'get', id: 's1' } as const;
  assert.equal(opened().remove([2, 3]).call([4, 5], get, { is: 'missing' }).violation(), null);
  assert.equal(opened().call([4, 5], get, { is: 'missing' }).breaks(), 'write-survives');
  assert.equal(opened().rest([4, 5], []).breaks(), 'write-survives');
});

test('a session without an open request is not shown', () => {
  assert.equal(new WrittenHistory().get([1, 2], seen()).breaks(), 'write-survives');
});

test('changes whose outcome is unknown may have happened or not', () => {
  const change: Operation = { kind: 'replace', id: 's1', member: 'data', value: '{"a":2}', revision: null };
  const history = () => opened().call([2, 3], change, { is: 'unknown' });
  assert.equal(
    history()
      .rest([4, 5], [at(2)])
      .violation(),
    null,
  );
  assert.equal(history().rest([4, 5], [seen()]).violation(), null);
  assert.equal(
    opened()
      .rest([4, 5], [at(2)])
      .breaks(),
    'revision-has-one-change',
  );
});

test('a change that succeeded has its revision at rest', () => {
  const history = opened().replace([2, 3], at(2)).replace([2, 4], at(3));
  assert.equal(history.rest([5, 6], [at(2)]).breaks(), 'revision-never-falls');
});

test('an ended session has neither user nor data', () => {
  const history = opened().close([2, 3]);
  assert.equal(history.get([4, 5], closed({ values: { data: '{}', user: null } })).breaks(), 'response');
});

test('an error that no caller should get breaks a promise', () => {
  const failed = { is: 'failed', message: 'TypeError: no' } as const;
  assert.equal(opened().call([2, 3], { kind: 'stats' }, failed).breaks(), 'response');
});
