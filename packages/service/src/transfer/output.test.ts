import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable } from './output.ts';

test('what a terminal would take for a command is printed as its code', () => {
  assert.equal(printable('\u001b[2J\u009b2J\0\n🦊'), '\\u001b[2J\\u009b2J\\u0000\\u000a🦊');
});
