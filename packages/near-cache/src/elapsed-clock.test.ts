import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ElapsedClock, UNNOTICED_MS } from './elapsed-clock.ts';

function start() {
  const machine = { monotonic: 500, wall: 1_700_000_000_000, readings: 0 };
  const clock = new ElapsedClock({
    monotonic: () => machine.monotonic,
    wall: () => {
      machine.readings += 1;
      return machine.wall;
    },
  });
  const pass = (monotonic_ms: number, wall_ms: number) => {
    machine.monotonic += monotonic_ms;
    machine.wall += wall_ms;
  };
  return { machine, clock, pass };
}

test('while both clocks agree, elapsed time is that of the monotonic clock', () => {
  const { machine, clock, pass } = start();
  for (let second = 1; second <= 600; second += 1) {
    // Rounded, as in browsers.
    pass(1_000, second % 2 === 0 ? 900 : 1_100);
    assert.equal(clock.now(), machine.monotonic);
  }
});

test('the clock never steps back, and is never behind by more than its bound', () => {
  const wall_ms = fc.integer({ min: -30_000, max: 30_000 });
  const passed = fc.record({ monotonic_ms: fc.nat(30_000), wall_ms });
  fc.assert(
    fc.property(fc.array(passed), (steps) => {
      const { clock, pass } = start();
      let before = clock.now();
      let least = before;
      for (const { monotonic_ms, wall_ms } of steps) {
        pass(monotonic_ms, wall_ms);
        least += Math.max(monotonic_ms, wall_ms);
        const now = clock.now();
        assert.ok(now >= before, `back from ${before} to ${now}`);
        assert.ok(now > least - UNNOTICED_MS, `${now}, but ${least} have passed`);
        before = now;
        least = Math.max(least, now);
      }
    }),
  );
});

test('after a suspension or a change of the wall clock, the clock leaps ahead', () => {
  for (const [monotonic_ms, wall_ms] of [
    [0, 20_000],
    [0, 121],
    [45_000, 0],
    [10, -3_600_000],
  ] as const) {
    const { clock, pass } = start();
    const before = clock.now();
    pass(monotonic_ms, wall_ms);
    assert.ok(clock.now() - before >= 10_000 + Math.max(monotonic_ms, wall_ms), `${monotonic_ms}, ${wall_ms}`);
    const after = clock.now();
    pass(1_000, 1_000);
    assert.equal(clock.now(), after + 1_000);
  }
});

test('a process that is stopped between two readings makes no leap', () => {
  let monotonic = 0;
  let wall = 0;
  let isStopped = false;
  const clock = new ElapsedClock({
    monotonic: () => {
      const read = monotonic;
      if (isStopped) {
        monotonic += 30_000;
        wall += 30_000;
        isStopped = false;
      }
      return read;
    },
    wall: () => wall,
  });
  isStopped = true;
  assert.equal(clock.now(), 30_000);
});

test('the wall clock is skipped for two microseconds, unless the other stands still', () => {
  const { machine, clock } = start();
  const readings = () => {
    const before = machine.readings;
    clock.now();
    return machine.readings - before;
  };
  machine.monotonic += 0.002;
  assert.equal(readings(), 1);
  for (let n = 0; n < 10; n += 1) {
    machine.monotonic += 0.0001;
    assert.equal(readings(), 0);
  }
  machine.monotonic += 0.0015;
  assert.deepEqual([readings(), readings()], [1, 1]);
});
