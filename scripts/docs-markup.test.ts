import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const FOLDER = new URL('../docs/', import.meta.url);
/** Code and comments, in which the documentation site does not look for HTML and expressions. */
const CODE = /^```.*?^```|`[^`\n]*`|<!--.*?-->/gms;

test('no page has markup outside of code, so the documentation site can be built', () => {
  for (const name of readdirSync(FOLDER).filter((name) => name.endsWith('.md'))) {
    const text = readFileSync(new URL(name, FOLDER), 'utf8').replaceAll(CODE, '').replaceAll('<br>', '');
    assert.deepEqual(text.match(/<[a-z/].*|\{\{.*/gi) ?? [], [], `docs/${name}`);
  }
});
