import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOld } from './node-version.ts';

test('the client requires Node 20.12', () => {
  for (const version of ['20.12.0', '20.20.2', '22.0.0', '26.10.0']) assert.equal(isOld(version), false, version);
  for (const version of ['8.0.0', '18.20.0', '20.11.1']) assert.equal(isOld(version), true, version);
});
