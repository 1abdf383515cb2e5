import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { wrongTexts } from '../mutations/text-mutation.ts';
import { claimTests, testToFail } from './claim-tests.ts';
import { CLAIM_MUTATIONS } from './mutations/all.ts';
import { claimsOf, idsIn } from './security-page.ts';

const ROOT = new URL('../../', import.meta.url);
const PAGE = readFileSync(new URL('SECURITY.md', ROOT), 'utf8');
const CLAIMS = claimsOf(PAGE);
const IDS = CLAIMS.map(({ id }) => id);
const TESTS = claimTests();
const NAME_LENGTH_MAX = 80;

test('each row of SECURITY.md has its own id, and each id in the text is a row', () => {
  assert.ok(CLAIMS.length > 90, `${CLAIMS.length} rows`);
  assert.equal(new Set(IDS).size, IDS.length);
  assert.deepEqual([...idsIn(PAGE)].sort(), IDS.toSorted());
});

test('each row of SECURITY.md has a test, and each id in the name of a test is a row', () => {
  for (const id of IDS)
    assert.ok(
      TESTS.some(({ ids }) => ids.includes(id)),
      `no test has [${id}] in its name`,
    );
  for (const { ids, source, line } of TESTS) {
    for (const id of ids) assert.ok(IDS.includes(id), `${source}:${line}: SECURITY.md has no row ${id}`);
  }
});

test('the names of tests with ids are short', () => {
  for (const { name, source, line } of TESTS) {
    const { length } = name.replaceAll(/\$\{[^}]*\}/g, '');
    assert.ok(length <= NAME_LENGTH_MAX, `${source}:${line}: a name of ${length} characters`);
  }
});

test('the text that each mutation replaces is in its file exactly once', () => {
  assert.deepEqual(wrongTexts(CLAIM_MUTATIONS), []);
});

test('each mutation names a row of SECURITY.md and exactly one test with its id', () => {
  for (const mutation of CLAIM_MUTATIONS) {
    assert.ok(IDS.includes(mutation.id), `SECURITY.md has no row ${mutation.id}`);
    assert.doesNotThrow(() => testToFail(mutation, TESTS), mutation.name);
  }
});

test('each row has a mutation for each of its tests', () => {
  for (const id of IDS) {
    const mutations = CLAIM_MUTATIONS.filter((mutation) => mutation.id === id);
    assert.notEqual(mutations.length, 0, `no mutation breaks ${id}`);
    for (const { ids, name } of TESTS) {
      const isShown = !ids.includes(id) || mutations.some(({ test: part = '' }) => name.includes(part));
      assert.ok(isShown, `no mutation of ${id} shows that this test notices a fault: ${name}`);
    }
  }
});
