import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSame, mergeMembers } from './merge-members.ts';

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>;
const object = fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', 'c', '__proto__', 'toString'), fc.string()), json);

test('changes to unchanged properties are all applied', () => {
  fc.assert(fc.property(json, json, (base, own) => assert.ok(isSame(mergeMembers(base, own, base), own))));
});

test('an unchanged version undoes no change', () => {
  fc.assert(fc.property(json, json, (base, theirs) => assert.ok(isSame(mergeMembers(base, base, theirs), theirs))));
});

test('the same change on both sides is applied once', () => {
  fc.assert(fc.property(json, json, (base, both) => assert.ok(isSame(mergeMembers(base, both, both), both))));
});

test('changes to different properties are all kept, in either order', () => {
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

test('a removed property is removed, unless the other side changed it', () => {
  assert.deepEqual(mergeMembers({ a: 1, b: 1 }, { b: 1 }, { a: 1, b: 1, c: 1 }), { b: 1, c: 1 });
  assert.deepEqual(mergeMembers({ a: 1 }, { a: 2 }, {}), { a: 2 });
  assert.deepEqual(mergeMembers({ a: { x: 1, y: 1 } }, { a: { x: 2, y: 1 } }, { a: { x: 1 } }), { a: { x: 2 } });
});
