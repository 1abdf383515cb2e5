import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from '#typebox';
import { inputCheck } from './input-check.ts';

const closed = { additionalProperties: false } as const;
const check = inputCheck(
  Type.Object(
    {
      list: Type.Optional(Type.Array(Type.String(), { maxItems: 1_000 })),
      filter: Type.Optional(Type.Object({ a: Type.Optional(Type.String()) }, closed)),
      free: Type.Optional(Type.Unknown()),
    },
    closed,
  ),
);

/** An array that fails the test when one of its items is read. */
function unseen(length: number): unknown[] {
  const look = () => assert.fail('an item was read');
  return new Proxy(new Array(length), { get: (list, name) => (name === 'length' ? list.length : look()) });
}

const members = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, 0]));

test('an array that is too long is rejected before any item is checked', () => {
  assert.throws(() => check({ list: unseen(1_001) }), {
    code: 'INVALID_DATA',
    message: 'list must have at most 1000 items.',
    details: { members: ['list'] },
  });
});

test('an object with far too many properties is rejected before they are checked', () => {
  for (const input of [members(2_000), { filter: members(2_000) }]) {
    assert.throws(() => check(input), { code: 'INVALID_DATA', message: /has 2000 properties, more than any request/ });
  }
});

test('free JSON may have any number of properties and items', () => {
  check({ free: members(2_000) });
  check({ free: new Array(10_000).fill(0) });
});

test('values of another type are checked by the schema', () => {
  assert.throws(() => check({ list: 1, filter: 2 }), { message: 'list must be an array; filter must be an object.' });
  for (const input of [null, 1, [], 'x']) assert.throws(() => check(input), { code: 'INVALID_DATA' });
  check({});
});
