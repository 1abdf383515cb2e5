import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../', import.meta.url);
const PAGE = readFileSync(new URL('docs/asks.md', ROOT), 'utf8');
const ROWS = PAGE.split('\n')
  .filter((line) => /^\| \d+ \|/.test(line))
  .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')));

test('each feature that the page of asked features answers with yes names its tests', () => {
  assert.equal(ROWS.length, 25);
  for (const [number, , , answer, , tests = ''] of ROWS) {
    assert.match(String(answer), /^(yes|part|no)$/, `row ${number}`);
    if (answer !== 'yes') continue;
    const named = [...tests.matchAll(/`([^`]+)`: ([^<|]+)/g)];
    assert.ok(named.length > 0, `row ${number} names no test`);
    for (const [, path = '', name = ''] of named) {
      const source = readFileSync(new URL(path, ROOT), 'utf8');
      assert.ok(source.includes(name.trim()), `row ${number}: ${path} has no test with the name ${name}`);
    }
  }
});

test('the page of asked features counts its answers', () => {
  const count = (answer: string) => ROWS.filter((row) => row[3] === answer).length;
  assert.ok(PAGE.includes(`${count('yes')} yes, ${count('part')} in part, ${count('no')} no`));
});
