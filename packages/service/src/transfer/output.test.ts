import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable } from './output.ts';

test('control characters are printed as escapes', () => {
  assert.equal(printable('\u001b[2J\u009b2J\0\n🦊'), '\\u001b[2J\\u009b2J\\u0000\\u000a🦊');
});
