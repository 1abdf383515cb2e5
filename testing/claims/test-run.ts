import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { monotonicMicros } from '../history/history.ts';
import type { TestToFail } from './claim-tests.ts';
import type { Outcome } from './outcome-reporter.ts';

/** The result of a run: names of the tests that ran, and of those that failed. */
export interface TestRun {
  readonly ran: readonly string[];
  readonly failed: readonly string[];
  readonly seconds: number;
  /** Errors and the end of the output, to find out why no test ran. */
  readonly output: string;
}

const REPORTER = new URL('outcome-reporter.ts', import.meta.url).href;
/** Runs tests of one file in a copy of the project. Tests that are still running after the timeout count as failed. */
export async function runTests(
  folder: string,
  file: string,
  tests: readonly TestToFail[],
  seconds_max: number,
): Promise<TestRun> {
  const began = monotonicMicros();
  const outcomes = join(folder, 'outcomes.jsonl');
  rmSync(outcomes, { force: true });
  const args = [
    '--test',
    '--test-isolation=none',
    // A mutation may start something that the test does not stop.
    '--test-force-exit',
    ...tests.map(({ pattern }) => `--test-name-pattern=${pattern.source}`),
    `--test-reporter=${REPORTER}`,
    `--test-reporter-destination=${outcomes}`,
    join(folder, file),
  ];
  const env = { ...process.env, NODE_OPTIONS: '--conditions=source' };
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-10_000);
    });
  }
  let isCutOff = false;
  const timer = setTimeout(() => {
    isCutOff = true;
    child.kill('SIGKILL');
  }, seconds_max * 1_000);
  await once(child, 'close');
  clearTimeout(timer);
  const seconds = (monotonicMicros() - began) / 1_000_000;
  const ended = outcomesIn(outcomes);
  const chosen = ended.filter(({ name }) => tests.some(({ pattern }) => pattern.test(name)));
  const errors = ended.flatMap(({ error }) => error ?? []).join('\n');
  const failed = chosen.filter(({ hasFailed }) => hasFailed).map(({ name }) => name);
  return {
    ran: chosen.map(({ name }) => name),
    failed: isCutOff && failed.length === 0 ? tests.map(({ name }) => `${name} (cut off)`) : failed,
    seconds,
    output: errors + output,
  };
}

function outcomesIn(path: string): readonly Outcome[] {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // The process ended before a test ended.
  }
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line));
}
