import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { mutated } from '../../mutations/text-mutation.ts';
import { MUTATIONS } from './all.ts';

const ROOT = new URL('../../../', import.meta.url);

test('the text that each mutation replaces is in its file exactly once', () => {
  for (const mutation of MUTATIONS) {
    const source = readFileSync(new URL(mutation.file, ROOT), 'utf8');
    assert.notEqual(mutated(source, mutation), source, mutation.name);
  }
});
