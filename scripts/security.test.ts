import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(root + path, 'utf8');

/** Shorter quotations are words, not names of tests. */
const NAME_LENGTH_MIN = 36;

test('every test that SECURITY.md names is there', () => {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'packages', 'scripts', 'testing'], {
    cwd: root,
    encoding: 'utf8',
  });
  const sources = files
    .split('\n')
    .filter((path) => /\/(acceptance|stores|fixtures)\/|\.test\.ts$/.test(path))
    .map(read)
    .join('\n');
  const text = read('SECURITY.md').replaceAll(/\s+/g, ' ');
  const named = [...text.matchAll(/"([^"`|]+)"|`([^`]+)`/g)].map(([, quoted, code]) => quoted ?? code ?? '');
  const names = named.filter((name) => name.length >= NAME_LENGTH_MIN && name.includes(' '));
  assert.ok(names.length > 30, `SECURITY.md names ${names.length} tests only`);
  for (const name of names) assert.ok(sources.includes(name), `there is no test named: ${name}`);
});
