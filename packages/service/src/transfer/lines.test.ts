import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chunks } from './fixtures/transfer.ts';
import { lines } from './lines.ts';

async function read(text: string, size: number, bytes_max = 1000): Promise<string[]> {
  const found: string[] = [];
  for await (const { number, bytes } of lines(chunks(text, size), bytes_max)) {
    assert.equal(number, found.length + 1);
    found.push(bytes.toString());
  }
  return found;
}

test('lines end only at line feeds and do not depend on how the stream is split', async () => {
  const line = fc.oneof(fc.constantFrom('', 'a\u2028b', 'a\rb', 'ключ 🦊'), fc.string({ maxLength: 20 }));
  const all = fc.array(
    line.filter((text) => !text.includes('\n')),
    { minLength: 1, maxLength: 8 },
  );
  const property = fc.asyncProperty(all, fc.integer({ min: 1, max: 9 }), async (expected, size) => {
    assert.deepEqual(await read(expected.map((text) => `${text}\n`).join(''), size), expected);
    // The last line has no line feed.
    const unended = expected.join('\n');
    assert.deepEqual(await read(unended, size), expected.at(-1) === '' ? expected.slice(0, -1) : expected);
  });
  await fc.assert(property, { numRuns: 200 });
});

test('a line may be as long as the limit, but not longer, however the stream is split', async () => {
  for (const size of [1, 7, 100]) {
    assert.deepEqual(await read('0123456789\n', size, 10), ['0123456789']);
    await assert.rejects(read('0123456789a\nb', size, 10), { code: 'INVALID_DATA', message: /longer than 10 bytes/ });
    await assert.rejects(read('0123456789a', size, 10), { code: 'INVALID_DATA' });
  }
});
