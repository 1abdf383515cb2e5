import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EndedKeys } from './ended-keys.ts';
import { NearEntries } from './near-entries.ts';
import { RecentChanges } from './recent-changes.ts';

test('entries of one id are evicted together, in any order of changes', () => {
  const entries = new NearEntries<string>(100, 1e6);
  const set = (key: string) =>
    entries.set({
      key,
      id: 'a',
      value: key,
      promise: Promise.resolve(key),
      read_at: 0,
      until: 1,
      bytes: 0,
      next: null,
    });
  for (const key of ['1', '2', '3', '2', '1', '4']) set(key);
  assert.equal(entries.size, 4);
  assert.equal(entries.bytes, 2_000);
  entries.deleteId('a');
  for (const key of ['1', '2', '3', '4']) assert.equal(entries.get(key), undefined);
  assert.deepEqual([entries.size, entries.bytes], [0, 0]);
});

test('changes beyond the bound count as changes of every id', () => {
  const changes = new RecentChanges(2);
  const change = { revision: 2 };
  changes.note('a', change, 1);
  changes.note('b', change, 2);
  changes.note('a', change, 3);
  assert.deepEqual([changes.since('a', 3), changes.since('a', 4), changes.since('b', 2)], [true, false, true]);
  assert.equal(changes.since('c', 1), false);
  changes.note('c', change, 4);
  assert.deepEqual([changes.since('d', 2), changes.since('d', 3)], [true, false]);
  changes.noteAll(5);
  assert.deepEqual([changes.since('a', 5), changes.since('a', 6)], [true, false]);
});

test('ended keys are bounded, and the oldest one is forgotten', () => {
  const ended = new EndedKeys(2);
  for (const key of ['a', 'b', 'c']) ended.add(key);
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => ended.has(key)),
    [false, true, true],
  );
});
