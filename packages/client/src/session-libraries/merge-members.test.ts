import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSame, mergeMembers } from './merge-members.ts';

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>;
const object = fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', 'c', '__proto__', 'toString'), fc.string()), json);

test('changes to what nobody else has changed are all there', () => {
  fc.assert(fc.property(json, json, (base, own) => assert.ok(isSame(mergeMembers(base, own, base), own))));
});

test('whoever changed nothing undoes nothing', () => {
  fc.assert(fc.property(json, json, (base, theirs) => assert.ok(isSame(mergeMembers(base, base, theirs), theirs))));
});

test('two that changed the same in the same way agree', () => {
  fc.assert(fc.property(json, json, (base, both) => assert.ok(isSame(mergeMembers(base, both, both), both))));
});

test('changes to different members are all kept, whoever comes first', () => {
  fc.assert(
    fc.property(object, object, object, object, (base, rest, mine, yours) => {
      const left = Object.fromEntries(Object.entries(mine).map(([name, value]) => [`left ${name}`, value]));
      const right = Object.fromEntries(Object.entries(yours).map(([name, value]) => [`right ${name}`, value]));
      const before = { base, ...rest };
      const merged = mergeMembers(before, { ...before, ...left }, { ...before, ...right });
      assert.ok(isSame(merged, { ...before, ...left, ...right }));
    }),
  );
});

test('a member that one removed is gone, unless the other has changed it', () => {
  assert.deepEqual(mergeMembers({ a: 1, b: 1 }, { b: 1 }, { a: 1, b: 1, c: 1 }), { b: 1, c: 1 });
  assert.deepEqual(mergeMembers({ a: 1 }, { a: 2 }, {}), { a: 2 });
  assert.deepEqual(mergeMembers({ a: { x: 1, y: 1 } }, { a: { x: 2, y: 1 } }, { a: { x: 1 } }), { a: { x: 2 } });
});
