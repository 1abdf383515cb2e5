import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromChangeText, toChangeText } from './change-text.ts';

test('a change is restored from its text, and any other text is rejected', () => {
  for (const change of [
    { type: 'changed', id: 'a', user_id: 'u', revision: 1, close_reason: null },
    { type: 'changed', id: 'a', user_id: 'u', revision: 2, close_reason: 'revoked' },
    { type: 'removed', id: 'a', user_id: 'u' },
  ] as const) {
    assert.deepEqual(fromChangeText(toChangeText(change)), change);
  }
  for (const text of [
    '["a","u",1]',
    '["a","u",1,2]',
    '["a","u",1.5,null]',
    '["a","u",1,null,0]',
    '["a"]',
    '{}',
    'x',
    '',
  ]) {
    assert.equal(fromChangeText(text), null, text);
  }
});
