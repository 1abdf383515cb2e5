import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { arrayEntries } from './array-entries.ts';
import { chunks } from './fixtures/transfer.ts';

async function read(text: string, size: number, bytes_max = 100_000): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { number, bytes } of arrayEntries(chunks(text, size), bytes_max)) {
    assert.equal(number, found.length + 1);
    found.push(JSON.parse(bytes.toString()));
  }
  return found;
}

test('entries do not depend on whitespace or on how the stream is split', async () => {
  const value = fc.oneof(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom(']', '"', '\\', '\\"],', [[]], {}));
  const property = fc.asyncProperty(
    fc.array(value, { maxLength: 6 }),
    fc.constantFrom(undefined, 2),
    fc.integer({ min: 1, max: 9 }),
    async (values, indent, size) => {
      const text = ` ${JSON.stringify(values, null, indent)}\n`;
      assert.deepEqual(await read(text, size), JSON.parse(text));
    },
  );
  await fc.assert(property, { numRuns: 300 });
});

test('input that is no complete array is rejected', async () => {
  const cases: readonly (readonly [text: string, says: RegExp])[] = [
    ['{"id":"1"}', /must contain an array/],
    ['[1', /ends before its array is closed/],
    ['["a', /ends before its array is closed/],
    ['[1] [2]', /unexpected data after/],
    ['[1,]', /JSON/],
    ['[1,,2]', /JSON/],
    ['[1 2]', /JSON/],
  ];
  for (const [text, says] of cases) await assert.rejects(read(text, 2), says, text);
});

test('an entry may be as long as the limit, but not longer', async () => {
  for (const size of [1, 100]) {
    assert.deepEqual(await read('["0123456"]', size, 9), ['0123456']);
    await assert.rejects(read('["01234567",1]', size, 9), /longer than 9 bytes/);
    await assert.rejects(read('[1,"012345678', size, 9), /longer than 9 bytes/);
  }
});
