import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

test('the README shows the source of each example, or links to it', () => {
  const readme = read('../README.md');
  const examples = readdirSync(new URL('.', import.meta.url)).filter((name) => !name.endsWith('.test.ts'));
  assert.notEqual(examples.length, 0);
  for (const name of examples) {
    if (readme.includes(`](examples/${name})`)) continue;
    assert.ok(
      readme.includes(`\`\`\`ts\n// examples/${name}\n${read(name)}\`\`\``),
      `README.md differs from examples/${name}`,
    );
  }
});
