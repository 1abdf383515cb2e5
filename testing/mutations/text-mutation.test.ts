import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mutated } from './text-mutation.ts';

test('a mutation whose text is missing or repeated is an error', () => {
  const mutation = { name: 'a fault', file: 'a.ts', find: 'x', replace: 'y' };
  assert.equal(mutated('a x b', mutation), 'a y b');
  for (const source of ['a b', 'x x']) assert.throws(() => mutated(source, mutation), /not once/);
});
