/** Prints the rows of SECURITY.md, each with its tests and the faults that they notice. Arguments: ids; default all. */
import { readFileSync } from 'node:fs';
import { claimTests } from './claim-tests.ts';
import { CLAIM_MUTATIONS } from './mutations/all.ts';
import { claimsOf } from './security-page.ts';

const ids = process.argv.slice(2);
const claims = claimsOf(readFileSync(new URL('../../SECURITY.md', import.meta.url), 'utf8'));
const unknown = ids.filter((id) => !claims.some((claim) => claim.id === id));
const tests = claimTests();
for (const { id, claim } of claims.filter((row) => ids.length === 0 || ids.includes(row.id))) {
  process.stdout.write(`${id}  ${claim}\n`);
  for (const { source, line, name } of tests.filter((test) => test.ids.includes(id))) {
    process.stdout.write(`  test   ${source}:${line}  ${name}\n`);
  }
  for (const { name, file } of CLAIM_MUTATIONS.filter((mutation) => mutation.id === id)) {
    process.stdout.write(`  fault  ${file}  ${name}\n`);
  }
}
for (const id of unknown) process.stderr.write(`SECURITY.md has no row ${id}\n`);
process.exitCode = unknown.length === 0 ? 0 : 1;
