import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrongTexts } from '../../mutations/text-mutation.ts';
import { MUTATIONS } from './all.ts';

test('the text that each fault of the histories replaces is in its file exactly once', () => {
  assert.deepEqual(wrongTexts(MUTATIONS), []);
});
