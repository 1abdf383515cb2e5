import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertMayEnd, ManualClock, NO_CLOCK } from './clock.ts';
import { CheckedClock, compareClocks } from './clock-check.ts';

const DAY_MS = 86_400_000;

/** A manual clock, the monotonic time, and a checked clock that uses both. */
function newWorld() {
  const clock = new ManualClock();
  const world = { monotonic: 0, doubts: 0 };
  const checked = new CheckedClock(clock, () => world.monotonic);
  checked.doubted = () => {
    world.doubts += 1;
  };
  const pass = (ms: number) => {
    clock.advance(ms);
    world.monotonic += ms;
  };
  return { clock, world, checked, pass };
}

test('a clock that was not compared, or whose store has no server, may end sessions', () => {
  const { clock, checked } = newWorld();
  assert.equal(checked.problem(), null);
  checked.compared(null);
  clock.advance(40 * DAY_MS);
  assert.equal(checked.problem(), null);
  assert.doesNotThrow(() => assertMayEnd(checked));
  assert.doesNotThrow(() => assertMayEnd(NO_CLOCK));
});

test('[E-03] a clock that is more than 10 s wrong cannot end sessions', () => {
  const { checked } = newWorld();
  for (const [ahead_ms, error_ms, problem] of [
    [10_000, 0, null],
    [-10_000, 0, null],
    [12_000, 2_000, null],
    [12_001, 2_000, / 12 s ahead of the clock of the store's server; 10 s are allowed/],
    [-15_000, 0, / 15 s behind the clock of the store's server/],
    [40 * DAY_MS, 5, / 3456000 s ahead /],
  ] as const) {
    checked.compared({ ahead_ms, error_ms });
    if (problem === null) assert.equal(checked.problem(), null);
    else assert.throws(() => assertMayEnd(checked), { code: 'STORE_UNAVAILABLE', message: problem });
  }
});

test('the time of the server follows from a comparison, also after a step of the clock', () => {
  const { clock, checked, pass } = newWorld();
  assert.equal(checked.serverTime(), null);
  const server = clock.now() - 3_000;
  checked.compared({ ahead_ms: 3_000, error_ms: 1 });
  pass(500);
  clock.advance(DAY_MS);
  assert.equal(checked.serverTime(), server + 500);
});

test('a comparison that was less exact does not change the time of the server', () => {
  const { clock, checked, pass } = newWorld();
  const server = clock.now();
  checked.compared({ ahead_ms: 0, error_ms: 1 });
  pass(10_000);
  checked.compared({ ahead_ms: 30, error_ms: 40 });
  assert.equal(checked.serverTime(), server + 10_000);
  checked.compared({ ahead_ms: 1.5, error_ms: 2 });
  assert.equal(checked.serverTime(), server + 9_998.5);
});

test('a clock that steps after a comparison is wrong at once and requests another', () => {
  const { clock, world, checked, pass } = newWorld();
  checked.compared({ ahead_ms: 0, error_ms: 1 });
  pass(5 * DAY_MS);
  assert.equal(checked.problem(), null);
  clock.advance(40 * DAY_MS);
  assert.match(checked.problem() ?? '', / 3456000 s ahead /);
  assert.equal(world.doubts, 1);
  checked.compared({ ahead_ms: 40 * DAY_MS, error_ms: 1 });
  assert.match(checked.problem() ?? '', / 3456000 s ahead /);
  assert.equal(world.doubts, 1);
});

test('a clock that stands still is right again when the server has caught up with it', () => {
  const { world, checked } = newWorld();
  checked.compared({ ahead_ms: 60_000, error_ms: 1 });
  assert.notEqual(checked.problem(), null);
  world.monotonic += 55_000;
  assert.equal(checked.problem(), null);
  world.monotonic += 20_000;
  assert.match(checked.problem() ?? '', / 15 s behind /);
});

test('a slow comparison, or one during a clock step, reports a larger error', async () => {
  const clock = new ManualClock();
  const server = clock.now() - 3_000;
  const read = async () => {
    clock.advance(4_000);
    return server;
  };
  assert.deepEqual(await compareClocks(clock, read), { ahead_ms: 5_000, error_ms: 2_000 });
});
