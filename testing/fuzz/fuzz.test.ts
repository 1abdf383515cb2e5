import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzOptions } from './options.ts';
import { NO_FIGURES } from './target.ts';
import { TARGETS } from './targets.ts';
import { tryTarget } from './trial.ts';

const RUNS = 2_000;
const SEED = 1;
/** Targets that need no server. The others are for long runs. */
const SHORT = TARGETS.filter(({ name }) => !/sqlite|postgres|redis/.test(name));

for (const target of SHORT) {
  test(`[B-06] odd inputs of ${target.name} cause no fault of the service`, async () => {
    const { finding } = await tryTarget(target, { runs: RUNS, seed: SEED, expects_log_limit: true });
    assert.equal(finding, null);
  });
}

test('a log line for each input is a finding, unless the run expects no log limit', async () => {
  const findingOf = async (warn_lines: number, ...args: string[]) => {
    const options = fuzzOptions(['--runs', '200', ...args]);
    assert.ok(options);
    const open = async () => ({
      check: async () => null,
      heapBytes: null,
      figures: async () => ({ ...NO_FIGURES, warn_lines }),
      close: async () => {},
    });
    return (await tryTarget({ name: 'any', share: 1_000, missing: null, open }, options)).finding?.problem;
  };
  assert.equal(await findingOf(200), '200 inputs caused 200 lines of the levels warn and error');
  assert.equal(await findingOf(200, '--no-expect-log-limit'), undefined);
  assert.equal(await findingOf(3), undefined, 'the first of each kind');
});
