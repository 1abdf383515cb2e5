import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The README and the pages of the documentation. `npm run generate` writes the sources of examples into them. */
const pages = ['../README.md', ...readdirSync(new URL('../docs/', import.meta.url)).map((name) => `../docs/${name}`)]
  .filter((path) => path.endsWith('.md'))
  .map(read);

test('the README or a page of the documentation shows each example, or links to it', () => {
  const examples = readdirSync(new URL('.', import.meta.url)).filter((name) => !name.endsWith('.test.ts'));
  assert.notEqual(examples.length, 0);
  for (const name of examples) {
    const mention = new RegExp(
      `^(?://|#) examples/${name}(?:[#/]|$)|/examples/${name}\\)|\\]\\(examples/${name}\\)`,
      'm',
    );
    assert.ok(
      pages.some((page) => mention.test(page)),
      `no page shows examples/${name}`,
    );
  }
});

test('the README and the pages show the sources of the examples as they are', () => {
  const blocks = pages.flatMap((page) => [...page.matchAll(/```\w+\n(?:\/\/|#) examples\/([\w./-]+)\n(.*?)```/gs)]);
  assert.notEqual(blocks.length, 0);
  for (const [, name = '', code] of blocks) {
    const source = read(`./${name}`).replace(/^ *\/\/ #(?:region [\w-]+|endregion)\n/gm, '');
    assert.equal(code, source, `run "npm run generate": a page differs from examples/${name}`);
  }
});
