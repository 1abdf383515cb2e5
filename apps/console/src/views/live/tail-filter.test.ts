import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TailEvent, TailKind } from './tail.ts';
import { filterTail, prefixOf } from './tail-filter.ts';

const event = (id: string, kind: TailKind | 'gap' = 'opened'): TailEvent => ({
  ...{ key: 0, time: 0, id, kind, revision: 1, close_reason: null },
});
const EVENTS = [event('d92b01'), event('d92b02', 'ended'), event('c6c201'), event('', 'gap')];
const shown = (kind: TailKind | 'all', text: string, prefix: string | null, about: Record<string, string> = {}) =>
  filterTail(EVENTS, { kind, text, prefix }, (id) => about[id] ?? null).map(({ id }) => id);

test('changes are filtered by kind, and a gap is always shown', () => {
  assert.deepEqual(shown('all', '', null), ['d92b01', 'd92b02', 'c6c201', '']);
  assert.deepEqual(shown('ended', '', null), ['d92b02', '']);
});

test('a user id finds the sessions of the user before they were read', async () => {
  assert.equal(await prefixOf('user-2'), 'd92b');
  assert.deepEqual(shown('all', 'user-2', 'd92b'), ['d92b01', 'd92b02', '']);
  const about = { d92b01: 'user-2 Ann', d92b02: 'another' };
  assert.deepEqual(shown('all', 'user-2', 'd92b', about), ['d92b01', '']);
});

test('changes are found by a session id and by what was read', () => {
  assert.deepEqual(shown('all', 'c6c2', null), ['c6c201', '']);
  assert.deepEqual(shown('all', 'firefox', null, { c6c201: 'Firefox 10.0.0.1' }), ['c6c201', '']);
});
