import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UNNOTICED_MS } from './elapsed-clock.ts';
import { FRESH_MS, type Loaded, NearCache } from './near-cache.ts';

const BOUNDS = { entries_max: 100, bytes_max: 1_000_000, age_ms_max: 60_000 };

/** A cache of keys like `id/1`, whose loads the test resolves. */
function start(bounds = BOUNDS) {
  const world = { now: 0, fresh_until: 3_000 };
  const loads: {
    key: string;
    age_ms_max: number;
    answer: (loaded: Partial<Loaded<string>>) => void;
    fail: (error: Error) => void;
  }[] = [];
  const load = (key: string, age_ms_max: number) =>
    new Promise<Loaded<string>>((resolve, fail) => {
      const answer = (loaded: Partial<Loaded<string>>) =>
        resolve({
          value: `${key} of load ${loads.length}`,
          cacheable_ms: 60_000,
          age_ms: 0,
          bytes: 10,
          revision: 1,
          ...loaded,
        });
      loads.push({ key, age_ms_max, answer, fail });
    });
  const idOf = (key: string) => key.split('/')[0] ?? '';
  const cache = new NearCache({ load, idOf, now: () => world.now, freshUntil: () => world.fresh_until }, bounds);
  /** Reads a key, and resolves the load that this causes. */
  const read = async (key: string, loaded: Partial<Loaded<string>> = {}) => {
    const before = loads.length;
    const value = cache.read(key);
    if (loads.length > before) loads.at(-1)?.answer(loaded);
    return value;
  };
  return { world, cache, loads, read };
}

test('a value is loaded once and served from memory until its deadline', async () => {
  const { world, cache, loads, read } = start();
  assert.equal(await read('a', { cacheable_ms: 1_000 }), 'a of load 1');
  world.now = 999;
  assert.equal(await read('a'), 'a of load 1');
  world.now = 1_000;
  assert.equal(await read('a'), 'a of load 2');
  assert.equal(loads.length, 2);
  assert.deepEqual(cache.stats(), { entries: 1, bytes: 510, hits: 1, loads: 2 });
});

test('peek returns a cached value, and loads nothing', async () => {
  const { world, cache, loads, read } = start();
  assert.equal(cache.peek('a'), undefined);
  await read('a', { cacheable_ms: 1_000 });
  assert.equal(cache.peek('a'), 'a of load 1');
  world.now = 1_000;
  assert.equal(cache.peek('a'), undefined);
  await read('a');
  world.fresh_until = world.now;
  assert.equal(cache.peek('a'), undefined);
  world.fresh_until += 1;
  cache.changed('a');
  assert.equal(cache.peek('a'), undefined);
  assert.equal(loads.length, 2);
});

test('peekAged returns the age of a value, and how long it may still be cached', async () => {
  const { world, cache, read } = start();
  world.now = 1_000;
  await read('a', { cacheable_ms: 2_000, age_ms: 300 });
  world.now = 1_500;
  const value = 'a of load 1';
  assert.deepEqual(cache.peekAged('a'), { value, age_ms: 800 + UNNOTICED_MS, cacheable_ms: 1_500 });
  world.now = 3_000;
  assert.equal(cache.peekAged('a'), undefined);
});

test('no value outlives its maximum age, counted from the read of the store', async () => {
  const { world, loads, read } = start({ ...BOUNDS, age_ms_max: 500 + UNNOTICED_MS });
  await read('a', { age_ms: 300 });
  world.now = 199;
  await read('a');
  assert.equal(loads.length, 1);
  world.now = 200;
  await read('a');
  assert.equal(loads.length, 2);
});

test('while the feed is not fresh, every read loads; entries are kept', async () => {
  const { world, loads, read } = start();
  await read('a');
  world.now = 3_000;
  await read('a');
  assert.equal(loads.length, 2);
  world.fresh_until = 6_000;
  assert.equal(await read('a'), 'a of load 2');
  assert.equal(loads.length, 2);
});

test('a change evicts every key of its id, and no other', async () => {
  const { cache, loads, read } = start();
  for (const key of ['a/1', 'a/2', 'b/1']) await read(key);
  cache.changed('a');
  for (const key of ['a/1', 'a/2', 'b/1']) await read(key);
  assert.deepEqual(
    loads.map(({ key }) => key),
    ['a/1', 'a/2', 'b/1', 'a/1', 'a/2'],
  );
});

test('a load that a change or a gap overtakes is returned but not cached', async () => {
  for (const overtake of ['changed', 'gap'] as const) {
    const { world, cache, loads, read } = start();
    const waiting = cache.read('a');
    world.now = 5;
    cache[overtake]('a');
    world.now = 9;
    loads[0]?.answer({});
    assert.equal(await waiting, 'a of load 1');
    await read('a');
    assert.equal(loads.length, 2, overtake);
  }
});

test('a value that was already old is not cached if a change came in that time', async () => {
  const { world, cache, loads, read } = start();
  world.now = 1_000;
  cache.changed('a');
  world.now = 1_500;
  await read('a', { age_ms: 500 - UNNOTICED_MS });
  await read('a', { age_ms: 499 - UNNOTICED_MS });
  await read('a');
  assert.equal(loads.length, 2);
});

test('concurrent reads share one load, and a read after a change starts a new one', async () => {
  const { world, cache, loads } = start();
  const together = [cache.read('a'), cache.read('a')];
  world.now = 1;
  cache.changed('a');
  const after = cache.read('a');
  assert.equal(loads.length, 2);
  loads[0]?.answer({ value: 'before' });
  loads[1]?.answer({ value: 'after' });
  assert.deepEqual(await Promise.all(together), ['before', 'before']);
  assert.equal(await after, 'after');
});

test('no read joins a load that has taken longer than a second', async () => {
  const { world, cache, loads } = start();
  const first = cache.read('a');
  world.now = 1_001;
  const second = cache.read('a');
  assert.equal(loads.length, 2);
  for (const { answer } of loads) answer({});
  await Promise.all([first, second]);
});

test('a failed load rejects for all waiting reads, and changes no entry', async () => {
  const { world, cache, loads, read } = start();
  await read('a');
  world.now = 3_000;
  const waiting = [cache.read('a'), cache.read('a')];
  loads[1]?.fail(new Error('away'));
  for (const value of waiting) await assert.rejects(value, /away/);
  world.fresh_until = 9_000;
  assert.equal(await read('a'), 'a of load 1');
  assert.equal(loads.length, 2);
});

test('[B-12] the cache stays within its limits and evicts unused entries first', async () => {
  const { cache, loads, read } = start({ ...BOUNDS, entries_max: 10 });
  for (let n = 0; n < 100; n += 1) {
    await read(`k${n}`);
    await read('used');
    assert.ok(cache.stats().entries <= 11);
  }
  assert.equal(loads.filter(({ key }) => key === 'used').length, 1);
  const small = start({ ...BOUNDS, bytes_max: 4_000 });
  for (let n = 0; n < 100; n += 1) await small.read(`k${n}`, { bytes: 100 });
  assert.ok(small.cache.stats().bytes <= 4_000);
  await small.read('large', { bytes: 3_000 });
  assert.equal(small.loads.filter(({ key }) => key === 'large').length, 1);
  await small.read('large', { bytes: 3_000 });
  assert.equal(small.loads.filter(({ key }) => key === 'large').length, 2);
});

test('a load that a change overtakes is cached if its value includes the change', async () => {
  for (const [revision, loadsThen] of [
    [1, 2],
    [2, 1],
    [3, 1],
  ] as const) {
    const { world, cache, loads, read } = start();
    const waiting = cache.read('a');
    world.now = 5;
    cache.changed('a', { revision: 2, hasEnded: false });
    loads[0]?.answer({ revision });
    await waiting;
    await read('a');
    assert.equal(loads.length, loadsThen, `revision ${revision}`);
  }
});

/** A cache of keys like `id/1` with a value for ended ones, at 10,000 ms of its clock. */
function startWithEnds() {
  const world = { now: 10_000, fresh_until: 10_000 + FRESH_MS };
  const loads: string[] = [];
  const load = async (key: string) => {
    loads.push(key);
    return { value: 'live', cacheable_ms: 60_000, age_ms: 0, bytes: 1, revision: 1 };
  };
  const idOf = (key: string) => key.split('/')[0] ?? '';
  const source = {
    load,
    idOf,
    now: () => world.now,
    freshUntil: () => world.fresh_until,
    ended: Promise.resolve('ended'),
  };
  return { world, cache: new NearCache(source, BOUNDS), loads };
}

test('a key whose end was published stays ended, and causes no load', async () => {
  const { world, cache, loads } = startWithEnds();
  assert.equal(await cache.read('a/1'), 'live');
  world.now += 1;
  world.fresh_until += 1;
  cache.changed('a', { revision: 3, hasEnded: true });
  cache.changed('a', { revision: 2, hasEnded: false });
  assert.equal(await cache.read('a/1'), 'ended');
  cache.changed('a');
  cache.gap();
  assert.equal(await cache.read('a/1'), 'ended');
  assert.deepEqual(loads, ['a/1']);
});

test('a session that is opened again under the id of an ended one is live', async () => {
  const { world, cache, loads } = startWithEnds();
  await cache.read('a/1');
  world.now += 1;
  world.fresh_until += 1;
  cache.changed('a', { revision: 3, hasEnded: true });
  world.now += 1;
  assert.equal(await cache.read('a/2'), 'live');
  // Published again, late: the change may precede the read, since the watermark is not after it.
  cache.changed('a', { revision: 3, hasEnded: true });
  assert.equal(await cache.read('a/2'), 'live');
  assert.deepEqual(loads, ['a/1', 'a/2', 'a/2']);
});

test('after a gap, a load accepts no value from before it', async () => {
  const { world, cache, loads, read } = start();
  await read('a');
  world.now = 1_000;
  cache.gap();
  world.now = 1_400;
  await read('a');
  assert.deepEqual(
    loads.map(({ age_ms_max }) => age_ms_max),
    [60_000 - UNNOTICED_MS, 400 - UNNOTICED_MS],
  );
});
