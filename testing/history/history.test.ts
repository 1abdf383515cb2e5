import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run } from './driver/driver.ts';
import { missingFor } from './driver/engines.ts';
import { planOf, type StoreKind } from './plan/plan.ts';
import { violationText } from './report/violation-text.ts';

/** Each store with a number of operations that takes a few seconds. */
const STORES: readonly (readonly [store: StoreKind, operations: number])[] = [
  ['memory', 6_000],
  ['sqlite', 4_000],
  ['postgres', 3_000],
  ['redis', 4_000],
  ['redis-cluster', 3_000],
];
const SECONDS_MAX = 60;
const SEED = 1;

describe('histories with kills, engine failures and clock skew keep every promise', {
  concurrency: 2,
}, () => {
  for (const [store, operations] of STORES) {
    test(store, { skip: missingFor(store) ?? false }, async () => {
      const options = { store, seed: SEED, operations, skew_ms: 10_000, faults: 'all' } as const;
      const { violation, figures, ...outcome } = await run(planOf(options), SECONDS_MAX);
      assert.equal(violation && violationText(outcome, violation), null);
      assert.ok(figures.operations >= operations, `${figures.operations} of ${operations} operations were sent`);
      assert.ok(figures.kills + figures.failures > 0);
      assert.ok(figures.ends > 0);
    });
  }
});
