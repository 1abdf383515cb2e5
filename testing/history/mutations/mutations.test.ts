import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MUTATIONS } from './all.ts';
import { mutated } from './mutation.ts';

const PACKAGES = new URL('../../../packages/', import.meta.url);

test('the text that each mutation replaces is in its file exactly once', () => {
  for (const mutation of MUTATIONS) {
    const source = readFileSync(new URL(mutation.file, PACKAGES), 'utf8');
    assert.notEqual(mutated(source, mutation), source, mutation.name);
  }
});

test('a mutation whose text is missing or repeated is an error', () => {
  const mutation = { name: 'a fault', store: 'memory', file: 'a.ts', find: 'x', replace: 'y' } as const;
  assert.equal(mutated('a x b', mutation), 'a y b');
  for (const source of ['a b', 'x x']) assert.throws(() => mutated(source, mutation), /not once/);
});
