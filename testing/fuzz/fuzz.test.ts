import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TARGETS } from './targets.ts';
import { tryTarget } from './trial.ts';

const RUNS = 2_000;
const SEED = 1;
/** Those that need no server of their own: the others are for the long run. */
const SHORT = TARGETS.filter(({ name }) => !/sqlite|postgres|redis/.test(name));

for (const target of SHORT) {
  test(`odd inputs of ${target.name} cause no fault of the service`, async () => {
    const { finding } = await tryTarget(target, { runs: RUNS, seed: SEED, expects_log_limit: true });
    assert.equal(finding, null);
  });
}
