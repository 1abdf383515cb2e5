import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Compile, Type } from '#typebox';
import type { SessionsError } from '../domain/errors.ts';
import { ROUTES } from './v2/routes.ts';
import { SCHEMAS } from './v2/schemas.ts';
import { assertValid, ITEMS_LOOKED_AT_MAX } from './validation.ts';

test('of a long array only the first items are checked', () => {
  const validator: Parameters<typeof assertValid>[0] = Compile(
    Type.Object({ ids: Type.Array(Type.String(), { maxItems: 10 }) }),
  );
  let looked = 0;
  const ids = new Proxy(Array(500_000).fill(0), {
    get(list, name) {
      if (typeof name === 'string' && /^\d+$/.test(name)) looked += 1;
      return Reflect.get(list, name);
    },
  });
  const says = { code: 'INVALID_DATA', message: /^ids\.0 must be a string; .*/ };
  assert.throws(() => assertValid(validator, { ids }), says);
  assert.ok(looked <= 2 * ITEMS_LOOKED_AT_MAX, `${looked} items were checked`);
});

interface Schema {
  readonly type?: string;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

test('the error for far too many properties has only their number', () => {
  const validator: Parameters<typeof assertValid>[0] = Compile(Type.Object({ id: Type.String() }));
  const value = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`p${at}`, at]));
  assert.throws(() => assertValid(validator, value), {
    code: 'INVALID_DATA',
    message: /^the body has 2000 properties/,
  });
});

test('the error names the first unknown properties, with at most 128 characters each', () => {
  const validator: Parameters<typeof assertValid>[0] = Compile(Type.Object({}, { additionalProperties: false }));
  const names = ['a/b~1', '', 'x'.repeat(10_000), ...Array.from({ length: 40 }, (_, at) => `p${at}`)];
  assert.throws(
    () => assertValid(validator, Object.fromEntries(names.map((name) => [name, 1]))),
    (error: SessionsError) => {
      const expected = ['a/b~1', '""', `${'x'.repeat(128)}…`, 'p0', 'p1', 'p2', 'p3', 'p4'];
      assert.deepEqual(error.details, { members: expected });
      assert.equal(error.message, `${expected.map((name) => `${name} is an unknown property`).join('; ')}.`);
      return true;
    },
  );
});

test('each array of a request has a maximum, and more items than that are checked', () => {
  const bounds = ROUTES.flatMap(({ input }) => listBounds(SCHEMAS[input] as Schema));
  assert.ok(bounds.length > 0);
  for (const bound of bounds) assert.ok(bound < ITEMS_LOOKED_AT_MAX, `an array may have ${bound} items`);
});

function listBounds({ type, maxItems = Number.POSITIVE_INFINITY, items = {}, properties = {} }: Schema): number[] {
  return [
    ...(type === 'array' ? [maxItems, ...listBounds(items)] : []),
    ...Object.values(properties).flatMap(listBounds),
  ];
}
