/**
 * Shows that the tests of SECURITY.md's claims notice faults. Puts the mutations into a copy of the sources, one at a time,
 * and runs the test that each mutation names. Exits with 1 if a test does not fail.
 */
import { parseArgs } from 'node:util';
import { Copy } from '../mutations/copy.ts';
import type { ClaimMutation } from './claim-mutation.ts';
import { claimTests, type TestToFail, testToFail } from './claim-tests.ts';
import { CLAIM_MUTATIONS } from './mutations/all.ts';
import { runTests } from './test-run.ts';

interface Trial {
  readonly mutation: ClaimMutation;
  readonly test: TestToFail;
}

/** Copies of the sources. A test runs in each at the same time, so this is the number of processors that a run uses. */
const COPIES = 2;
/** Timeout for the tests of a file without a mutation. */
const UNBROKEN_S_MAX = 90;
/**
 * Timeout with a mutation: `WAIT_S` plus `USUAL_TIMES` times the time without one. A test that is still running then counts
 * as failed: it waits for something that the mutation has removed.
 */
const WAIT_S = 8;
const USUAL_TIMES = 3;

const { values: options } = parseArgs({ options: { only: { type: 'string' } } });
const tests = claimTests();
const only = new RegExp(options.only ?? '');
const trials: readonly Trial[] = CLAIM_MUTATIONS.map((mutation) => ({
  mutation,
  test: testToFail(mutation, tests),
})).filter(({ mutation: { id, name, file }, test }) =>
  [id, name, file, test.name, test.file].some((text) => only.test(text)),
);
const files = [...new Set(trials.map(({ test }) => test.file))];
const copies = Array.from({ length: COPIES }, () => new Copy());
process.once('exit', () => {
  for (const copy of copies) copy.remove();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
// Fails here, before the first test, if a file does not have the text of a mutation.
for (const { mutation } of trials) copies[0]?.mutate(mutation)();

const problems: string[] = [];
const usual_s = new Map<string, number>();
process.stdout.write('| Id | Fault | Failed test | s |\n|---|---|---|---|\n');
await inCopies(files, passUnbroken);
if (problems.length === 0) await inCopies(trials, failBroken);
for (const problem of problems) process.stdout.write(`\n${problem}\n`);
const rows = new Set(trials.map(({ mutation }) => mutation.id)).size;
process.stdout.write(`\n${trials.length} faults for ${rows} rows; ${problems.length} problems\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Checks that the tests of a file pass without a mutation: only then does a failure show anything. */
async function passUnbroken(copy: Copy, file: string): Promise<void> {
  const ofFile = trials.filter(({ test }) => test.file === file).map(({ test }) => test);
  const { ran, failed, seconds, output } = await runTests(copy.folder, file, ofFile, UNBROKEN_S_MAX);
  usual_s.set(file, seconds);
  if (failed.length > 0) problems.push(`${file} fails without a mutation: ${failed.join('; ')}\n${output}`);
  for (const { name, pattern } of ofFile) {
    if (!ran.some((other) => pattern.test(other))) problems.push(`${file} does not run "${name}"\n${output}`);
  }
}

async function failBroken(copy: Copy, { mutation, test }: Trial): Promise<void> {
  const undo = copy.mutate(mutation);
  const seconds_max = WAIT_S + USUAL_TIMES * (usual_s.get(test.file) ?? 0);
  const { ran, failed, seconds, output } = await runTests(copy.folder, test.file, [test], seconds_max);
  undo();
  const { id, name } = mutation;
  process.stdout.write(`| ${id} | ${name} | ${failed[0] ?? 'NONE'} | ${seconds.toFixed(1)} |\n`);
  const isInvalid = output.includes('ReferenceError');
  if (failed.length > 0 && !isInvalid) return;
  const what = isInvalid || ran.length === 0 ? 'with this fault no test runs' : 'no test notices this fault';
  problems.push(`${id}: ${what}: ${name} (${mutation.file})\n${output}`);
}

async function inCopies<T>(items: readonly T[], run: (copy: Copy, item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    copies.map(async (copy) => {
      for (const item of left) await run(copy, item);
    }),
  );
}
