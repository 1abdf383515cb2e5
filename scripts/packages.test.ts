import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PUBLISHED } from './packages.ts';

const HOME = 'https://github.com/pip-sessions/pip-sessions';

test('each published package says where its source, its page and its issues are', () => {
  for (const name of PUBLISHED) {
    const directory = `packages/${name}`;
    const text = readFileSync(new URL(`../${directory}/package.json`, import.meta.url), 'utf8');
    const { repository, homepage, bugs } = JSON.parse(text);
    assert.deepEqual(repository, { type: 'git', url: `git+${HOME}.git`, directory });
    assert.equal(homepage, `${HOME}/tree/main/${directory}#readme`);
    assert.equal(bugs, `${HOME}/issues`);
  }
});
