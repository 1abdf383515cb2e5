import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Intents } from './intents.ts';
import { clientRandom, type PlanOptions, planOf } from './plan.ts';

const OPTIONS: PlanOptions = { store: 'redis', seed: 7, operations: 50_000, skew_ms: 10_000, faults: 'all' };

function intentsOf(options: PlanOptions, client: number, count: number) {
  const plan = planOf(options);
  const intents = new Intents(clientRandom(plan, client), plan);
  return Array.from({ length: count }, () => intents.next());
}

test('a seed gives the same plan and the same intents each time', () => {
  assert.deepEqual(planOf(OPTIONS), planOf(OPTIONS));
  assert.deepEqual(intentsOf(OPTIONS, 3, 100), intentsOf(OPTIONS, 3, 100));
});

test('other seeds and other clients give other intents', () => {
  assert.notDeepEqual(intentsOf(OPTIONS, 3, 100), intentsOf(OPTIONS, 4, 100));
  assert.notDeepEqual(intentsOf(OPTIONS, 3, 100), intentsOf({ ...OPTIONS, seed: 8 }, 3, 100));
});

test('a plan has kills, engine failures, clock steps and rests in order', () => {
  const { disturbances } = planOf(OPTIONS);
  const kinds = new Set(disturbances.map(({ type }) => type));
  assert.deepEqual([...kinds].sort(), ['clock', 'engine', 'kill', 'rest']);
  assert.deepEqual(
    disturbances,
    disturbances.toSorted((a, b) => a.after - b.after),
  );
});

test('a plan without faults and clock skew has only rests', () => {
  const { disturbances } = planOf({ ...OPTIONS, faults: 'none', skew_ms: 0 });
  assert.ok(disturbances.length > 0 && disturbances.every(({ type }) => type === 'rest'));
});

test('the clock skew does not exceed its limit', () => {
  const { disturbances } = planOf(OPTIONS);
  assert.ok(disturbances.every((one) => one.type !== 'clock' || Math.abs(one.offset_ms) <= OPTIONS.skew_ms));
});

test('the intents of a client include every kind of call', () => {
  const kinds = new Set(intentsOf(OPTIONS, 0, 20_000).map(({ kind }) => kind));
  assert.equal(kinds.size, 20);
});
