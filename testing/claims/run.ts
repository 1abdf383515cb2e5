/**
 * Shows that each claim of SECURITY.md has a test that would notice its loss: breaks the claims one at a time in a copy of
 * the sources, and runs the tests that are cited for each. Exits with 1 if one does not fail.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Copy } from '../mutations/copy.ts';
import { type CitedTest, citedTest } from './cited-tests.ts';
import type { ClaimMutation } from './claim-mutation.ts';
import { CLAIM_MUTATIONS } from './mutations/all.ts';
import { claimsOf } from './security-page.ts';
import { runTests } from './test-run.ts';

interface Trial {
  readonly mutation: ClaimMutation;
  readonly test: CitedTest;
}

/** As many as run side by side: each test of its own has the time of a processor. */
const COPIES = 2;
/** For the tests of a file as the sources are. */
const UNBROKEN_S_MAX = 90;
/** A test that waits for what a fault has taken away has noticed it, after this time and so many times its usual one. */
const WAIT_S = 8;
const USUAL_TIMES = 3;

const { values: options } = parseArgs({ options: { only: { type: 'string' } } });
const claims = claimsOf(readFileSync(new URL('../../SECURITY.md', import.meta.url), 'utf8'));
const only = new RegExp(options.only ?? '');
const trials: readonly Trial[] = CLAIM_MUTATIONS.filter(({ claim, name, test, file }) =>
  [claim, name, test, file].some((text) => only.test(text)),
).map((mutation) => ({ mutation, test: citedTest(mutation, claims) }));
const files = [...new Set(trials.map(({ test }) => test.file))];
const copies = Array.from({ length: COPIES }, () => new Copy());
process.once('exit', () => {
  for (const copy of copies) copy.remove();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
// Each text is looked for before the first test.
for (const { mutation } of trials) copies[0]?.mutate(mutation)();

const problems: string[] = [];
const usual_s = new Map<string, number>();
process.stdout.write('| Claim | Without it | Noticed by | s |\n|---|---|---|---|\n');
await inCopies(files, passUnbroken);
if (problems.length === 0) await inCopies(trials, failBroken);
for (const problem of problems) process.stdout.write(`\n${problem}\n`);
const rows = new Set(trials.map(({ mutation }) => mutation.claim)).size;
process.stdout.write(`\n${trials.length} faults in ${rows} claims; ${problems.length} problems\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** The tests of a file pass as the sources are, or their failure would say nothing. */
async function passUnbroken(copy: Copy, file: string): Promise<void> {
  const tests = trials.filter(({ test }) => test.file === file).map(({ test }) => test);
  const { ran, failed, seconds, output } = await runTests(copy.folder, file, tests, UNBROKEN_S_MAX);
  usual_s.set(file, seconds);
  if (failed.length > 0) problems.push(`${file} fails as it is: ${failed.join('; ')}\n${output}`);
  for (const { name } of tests) {
    if (!ran.some((other) => other.includes(name))) problems.push(`${file} does not run "${name}"\n${output}`);
  }
}

async function failBroken(copy: Copy, { mutation, test }: Trial): Promise<void> {
  const undo = copy.mutate(mutation);
  const seconds_max = WAIT_S + USUAL_TIMES * (usual_s.get(test.file) ?? 0);
  const { ran, failed, seconds, output } = await runTests(copy.folder, test.file, [test], seconds_max);
  undo();
  const { claim, name } = mutation;
  process.stdout.write(`| ${claim} | ${name} | ${failed[0] ?? 'NOBODY'} | ${seconds.toFixed(1)} |\n`);
  const isNonsense = output.includes('ReferenceError');
  if (failed.length > 0 && !isNonsense) return;
  const what = isNonsense || ran.length === 0 ? 'is broken so that nothing runs' : 'is broken unnoticed';
  problems.push(`"${claim}" ${what}: ${name} (${mutation.file})\n${output}`);
}

async function inCopies<T>(items: readonly T[], run: (copy: Copy, item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    copies.map(async (copy) => {
      for (const item of left) await run(copy, item);
    }),
  );
}
