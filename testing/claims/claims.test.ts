import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { mutated } from '../mutations/text-mutation.ts';
import { citedTest } from './cited-tests.ts';
import { CLAIM_MUTATIONS } from './mutations/all.ts';
import { claimsOf } from './security-page.ts';

const ROOT = new URL('../../', import.meta.url);
const CLAIMS = claimsOf(readFileSync(new URL('SECURITY.md', ROOT), 'utf8'));

test('the text that each mutation of a claim replaces is in its file exactly once', () => {
  for (const mutation of CLAIM_MUTATIONS) {
    const source = readFileSync(new URL(mutation.file, ROOT), 'utf8');
    assert.notEqual(mutated(source, mutation), source, mutation.name);
  }
});

test('each mutation of a claim names one test that its row cites, and that a test file has', () => {
  for (const mutation of CLAIM_MUTATIONS) assert.doesNotThrow(() => citedTest(mutation, CLAIMS), mutation.name);
});

test('each row of SECURITY.md has a mutation, and each test that it cites notices one', () => {
  for (const { claim, tests } of CLAIMS) {
    assert.notEqual(tests.length, 0, `no test is cited for: ${claim}`);
    const mutations = CLAIM_MUTATIONS.filter((mutation) => mutation.claim === claim);
    for (const name of tests) {
      const isShown = mutations.some(({ test }) => name.startsWith(test));
      assert.ok(isShown, `no mutation of "${claim}" shows that this test notices its loss: ${name}`);
    }
  }
});

test('the rows of SECURITY.md are told apart by their first cells', () => {
  assert.ok(CLAIMS.length > 70, `${CLAIMS.length} rows`);
  assert.equal(new Set(CLAIMS.map(({ claim }) => claim)).size, CLAIMS.length);
});
