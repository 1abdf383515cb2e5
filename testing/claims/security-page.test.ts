import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimsOf } from './security-page.ts';

const PAGE = `
| Setting | To |
|---|---|
| a table | of no "claims" |

| Requirement | Here | Shown by |
|---|---|---|
| first | \`code\`, "quoted" | "a test", \`"sign out" ends all\`, "another" (v2) |
| second | | by nobody |
text | with | bars |
| Complaint | Shown by |
|---|---|
| third | "one more" |
`;

test('claims are the rows of tables whose last column is "Shown by", with the tests that it names', () => {
  assert.deepEqual(claimsOf(PAGE), [
    { claim: 'first', tests: ['a test', '"sign out" ends all', 'another'] },
    { claim: 'second', tests: [] },
    { claim: 'third', tests: ['one more'] },
  ]);
});
