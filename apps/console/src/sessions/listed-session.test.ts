import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cursorTime } from './cursor-time.ts';
import { changedBy } from './listed-changes.ts';
import { ENDS_SOON_MS, endsInAnyCase, type ListedSession, listed, stateOf } from './listed-session.ts';

const session = (more: Partial<ListedSession> = {}) =>
  ({
    id: 'a',
    active: true,
    expires_in: 3_600,
    close_reason: null,
    expire_time: null,
    ends_at: null,
    ...more,
  }) as ListedSession;

test('the state of a session follows from its deadline', () => {
  assert.equal(stateOf(session(), 0), 'live');
  assert.equal(stateOf(session({ ends_at: ENDS_SOON_MS + 1 }), 0), 'live');
  assert.equal(stateOf(session({ ends_at: ENDS_SOON_MS }), 0), 'ends_soon');
  assert.equal(stateOf(session({ ends_at: 5 }), 5), 'due');
  assert.equal(stateOf(session({ active: false, close_reason: 'idle' }), 0), 'ended');
  assert.equal(stateOf(session({ active: false, close_reason: 'compromised' }), 0), 'compromised');
});

test('the end of a session counts from its arrival', () => {
  assert.equal(listed(session({ expires_in: 60 }), 1_000).ends_at, 61_000);
  assert.equal(listed(session({ expires_in: null }), 1_000).ends_at, null);
});

test('a deadline that activity does not move is shown as such', () => {
  const expire_time = new Date(61_500).toISOString();
  assert.equal(endsInAnyCase(session({ ends_at: 61_000, expire_time })), true);
  assert.equal(endsInAnyCase(session({ ends_at: 30_000, expire_time })), false);
  assert.equal(endsInAnyCase(session({ ends_at: 30_000 })), false);
});

test('a change ends the session of a list, and only it', () => {
  const pages = [{ items: [session({ id: 'a' }), session({ id: 'b' })] }, { items: [session({ id: 'c' })] }];
  const next = changedBy(pages, [{ id: 'b', revision: 4, close_reason: 'evicted' }], 1_000);
  assert.notEqual(next, pages);
  assert.equal(next[1], pages[1]);
  assert.deepEqual(
    next[0]?.items.map(({ id, active, close_reason, closed_by }) => ({ id, active, close_reason, closed_by })),
    [
      { id: 'a', active: true, close_reason: null, closed_by: undefined },
      { id: 'b', active: false, close_reason: 'evicted', closed_by: 'policy' },
    ],
  );
});

test('a deleted session of a list is marked, live or ended', () => {
  const pages = [{ items: [session(), session({ id: 'b', active: false, close_reason: 'idle' })] }];
  const next = changedBy(pages, [
    { id: 'a', removed: true },
    { id: 'b', removed: true },
  ]);
  const states = next[0]?.items.map((one) => [one.active, stateOf(one, 0)]);
  assert.deepEqual(states, [
    [false, 'deleted'],
    [false, 'deleted'],
  ]);
});

test('other changes leave a list as it is', () => {
  const pages = [{ items: [session()] }];
  const changes = [
    { id: 'a', revision: 2, close_reason: null },
    { id: 'x', revision: 2, close_reason: 'idle' },
    { id: 'x', removed: true },
  ] as const;
  assert.equal(changedBy(pages, changes, 0), pages);
});

test('a cursor says how far a search has looked, and one of another form does not', () => {
  const cursor = Buffer.from('1767225604000.d92bcd3d4eb485fd695f47e562af6c692c12').toString('base64url');
  assert.equal(cursorTime(cursor), 1_767_225_604_000);
  for (const other of [null, '', '%%', Buffer.from('x.1').toString('base64url')]) assert.equal(cursorTime(other), null);
});
