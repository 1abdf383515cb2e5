import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LINES_MAX, Tail } from './tail.ts';

const changes = (...ids: readonly string[]) =>
  ({ kind: 'changes', changes: ids.map((id) => ({ id, revision: 1, close_reason: null })) }) as const;
const idsOf = (tail: Tail) => tail.get().events.map(({ id }) => id);

test('the newest change is the first line, and says what happened', () => {
  const tail = new Tail();
  tail.add(
    {
      kind: 'changes',
      changes: [
        { id: 'a', revision: 1, close_reason: null },
        { id: 'b', revision: 4, close_reason: null },
        { id: 'c', revision: 2, close_reason: 'revoked' },
        { id: 'd', removed: true },
      ],
    },
    0,
  );
  assert.deepEqual(
    tail.get().events.map(({ id, kind }) => [id, kind]),
    [
      ['d', 'removed'],
      ['c', 'ended'],
      ['b', 'changed'],
      ['a', 'opened'],
    ],
  );
});

test('while the tail is held no line moves, and changes count on', () => {
  const tail = new Tail();
  tail.add(changes('a'), 0);
  tail.hold(true);
  tail.add(changes('b', 'c'), 0);
  assert.deepEqual([idsOf(tail), tail.get().waiting], [['a'], 2]);
  tail.hold(false);
  assert.deepEqual([idsOf(tail), tail.get().waiting], [['c', 'b', 'a'], 0]);
});

test('the tail is bounded, also while it is held', () => {
  const tail = new Tail();
  const many = Array.from({ length: LINES_MAX + 5 }, (_, index) => `s${index}`);
  tail.add(changes(...many), 0);
  assert.equal(tail.get().events.length, LINES_MAX);
  tail.hold(true);
  tail.add(changes(...many), 0);
  tail.add(changes(...many), 0);
  assert.equal(tail.get().waiting, 2 * many.length);
  tail.hold(false);
  assert.equal(tail.get().events.length, LINES_MAX);
  tail.clear();
  assert.deepEqual(idsOf(tail), []);
});

test('the rate is that of the last ten seconds', () => {
  const tail = new Tail();
  tail.add(changes('a', 'b'), 1_000);
  tail.add(changes('c'), 8_000);
  assert.equal(tail.rate(8_000), 0.3);
  assert.equal(tail.rate(14_000), 0.1);
  assert.equal(tail.rate(30_000), 0);
});

test('a gap is a line between changes, and none before the first', () => {
  const tail = new Tail();
  tail.add({ kind: 'gap' }, 0);
  assert.deepEqual(idsOf(tail), []);
  tail.add(changes('a'), 0);
  tail.add({ kind: 'gap' }, 0);
  assert.deepEqual(
    tail.get().events.map(({ kind }) => kind),
    ['gap', 'opened'],
  );
});
