/**
 * Tests the checker: puts one fault after the other into a copy of the sources, and runs histories until each is found.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Copy } from '../mutations/copy.ts';
import { monotonicMicros } from './history.ts';
import { MUTATIONS } from './mutations/all.ts';
import type { Mutation } from './mutations/mutation.ts';

const FOUND_WITHIN_S = 120;
/** Runs are short, because other seeds have other limits and intervals. */
const RUN_S = 15;
/** In a plan with fewer operations, the faults are closer together. */
const OPERATIONS = { none: 1_000_000, some: 30_000 };
const SKEW_MS = 1_000;

interface Found {
  readonly seconds: number;
  readonly runs: number;
  /** The violation; null if none was found. */
  readonly violation: string | null;
}

const { values: options } = parseArgs({ options: { only: { type: 'string' } } });
const mutations = MUTATIONS.filter(({ name }) => name.includes(options.only ?? ''));
const copy = new Copy();
process.once('exit', () => copy.remove());
// Check that every text exists before the first run.
for (const mutation of mutations) copy.mutate(mutation)();
let missed = 0;
process.stdout.write('| Fault | Store | Found after | By |\n|---|---|---|---|\n');
for (const mutation of mutations) {
  const undo = copy.mutate(mutation);
  const { seconds, runs, violation } = await find(mutation);
  undo();
  if (violation === null) missed += 1;
  const after = violation === null ? `not within ${FOUND_WITHIN_S} s` : `${seconds.toFixed(1)} s (run ${runs})`;
  process.stdout.write(`| ${mutation.name} | ${mutation.store} | ${after} | ${violation ?? ''} |\n`);
}
process.stdout.write(`\n${mutations.length - missed} of ${mutations.length} faults were found\n`);
process.exitCode = missed === 0 ? 0 : 1;

async function find(mutation: Mutation): Promise<Found> {
  const began = monotonicMicros();
  for (let runs = 1; ; runs += 1) {
    const violation = await runOnce(mutation, runs);
    const seconds = (monotonicMicros() - began) / 1_000_000;
    if (violation !== null || seconds > FOUND_WITHIN_S) return { seconds, runs, violation };
  }
}

/** The violation; null if none was found. */
async function runOnce({ store, faults = 'none', skew_ms = SKEW_MS }: Mutation, seed: number): Promise<string | null> {
  const operations = faults === 'none' ? OPERATIONS.none : OPERATIONS.some;
  const given = { store, seed, faults, operations, seconds: RUN_S, 'skew-ms': skew_ms };
  const args = Object.entries(given).map(([name, value]) => `--${name}=${value}`);
  const run = join(copy.folder, 'testing/history/run.ts');
  const child = spawn(process.execPath, ['--conditions=source', run, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = await once(child, 'close');
  if (code === 0) return null;
  const [, violation] = /^VIOLATION of (.*)$/m.exec(output) ?? [];
  if (violation === undefined) throw new Error(`A run failed without a violation:\n${output}`);
  return violation;
}
