import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isoTime } from './iso-time.ts';

test('times are formatted like Date formats them, in any order of days', () => {
  const time = fc.integer({ min: -8.64e15, max: 8.64e15 });
  fc.assert(
    fc.property(time, (value) => assert.equal(isoTime(value), new Date(value).toISOString())),
    { numRuns: 2000 },
  );
});
