import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callerText, detailsText, isWhole, lineId } from './audit-line.ts';

const LINE = { time: '2026-03-10T12:00:00.000Z', event: 'session_closed', caller: 'shop', chain: 'a', n: 3 };

test('a line says who did it, also without a key', () => {
  assert.equal(callerText(LINE), 'shop');
  assert.equal(callerText({ ...LINE, caller: null }), 'no key');
  assert.equal(callerText({ ...LINE, event: 'started', caller: undefined as never }), 'the service');
  assert.equal(callerText({ event: 'authentication_failed', key: 'old' }), 'old');
});

test('details are what no column shows', () => {
  const actor = { type: 'user', id: 'staff:7' };
  const line = { ...LINE, address: '::1', prev: '0', reason: 'revoked', count: 3, actor, correlation_id: null };
  assert.equal(detailsText(line), 'reason revoked, count 3, actor {"type":"user","id":"staff:7"}');
});

test('lines of several pages and processes must follow each other', () => {
  const lines = [...'aab'].map((chain, index) => ({ event: 'started', chain, n: [5, 4, 9][index] as number }));
  assert.equal(isWhole(lines), true);
  assert.equal(isWhole([...lines, { event: 'started', chain: 'a', n: 2 }]), false);
  assert.equal(isWhole([{ event: 'unreadable' }]), false);
  assert.deepEqual([lineId(LINE, 0), lineId({ event: 'unreadable' }, 7)], ['a-3', 'line-7']);
});
