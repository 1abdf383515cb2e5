import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idsBetween, selectionOf, without } from './selection.ts';

test('a range of rows goes in either direction', () => {
  const ids = ['a', 'b', 'c', 'd'];
  assert.deepEqual(idsBetween(ids, 'b', 'd'), ['b', 'c', 'd']);
  assert.deepEqual(idsBetween(ids, 'd', 'b'), ['b', 'c', 'd']);
  assert.deepEqual(idsBetween(ids, null, 'c'), ['c']);
  assert.deepEqual(idsBetween(ids, 'gone', 'c'), ['c']);
});

test('rows that are taken out of a selection are not in it', () => {
  assert.deepEqual(without(selectionOf(['a', 'b', 'c']), ['b', 'x']), { a: true, c: true });
});
