import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimsOf, idsIn } from './security-page.ts';

const PAGE = `
| Setting | To |
|---|---|
| a table | without ids |

| Id | Requirement | Here |
|---|---|---|
| ASVS-1.2.3 | first | \`code\`, see S-01 |
| S-01 | second | |
text | with | bars |
| Id | Complaint |
|---|---|
| U-01 | third |
`;

test('claims are the rows of the tables whose first column is headed "Id"', () => {
  assert.deepEqual(claimsOf(PAGE), [
    { id: 'ASVS-1.2.3', claim: 'first' },
    { id: 'S-01', claim: 'second' },
    { id: 'U-01', claim: 'third' },
  ]);
});

test('ids are found anywhere in a text, and similar words are not ids', () => {
  assert.deepEqual([...idsIn(PAGE)], ['ASVS-1.2.3', 'S-01', 'U-01']);
  assert.deepEqual([...idsIn('SHA-512, AES-256, UTF-8 and ASVS 7.4')], []);
});
