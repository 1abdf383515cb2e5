import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { SessionsError } from './domain/errors.ts';
import { Sessions } from './domain/sessions.ts';
import { ManualClock } from './domain/time/clock.ts';
import { createLogger } from './observability/log.ts';
import { MemoryStore } from './stores/memory/store.ts';
import { Sweeper } from './sweeper.ts';

const INTERVAL_MS = 900_000;
const LEASE_MS = 30_000;
const BATCH = 500;
const STEPS_MAX = 200;

/** A store shared by several nodes. It counts the steps, and tests can block them. */
class SharedStore extends MemoryStore {
  holder: string | null = null;
  until = 0;
  isAway = false;
  /** The number of sessions that are past their deadline. */
  due = 0;
  returned = 0;
  steps = 0;
  beforeStep: () => void | Promise<void> = () => {};

  constructor() {
    super({ sessions_max: 10 });
  }

  override async lease(holder = '', lease_ms = 0, now = 0): Promise<boolean> {
    if (this.isAway) throw new SessionsError('STORE_UNAVAILABLE', 'The session store is unavailable: gone.');
    if (this.holder !== holder && this.until > now) return false;
    if (lease_ms === 0) this.returned += 1;
    this.holder = holder;
    this.until = now + lease_ms;
    return lease_ms > 0;
  }

  override async expire(_now: number, limit: number) {
    this.steps += 1;
    await this.beforeStep();
    const count = Math.min(limit, this.due);
    this.due -= count;
    return { count, earliest: null };
  }
}

const WRONG = 'The clock of this node is wrong.';

interface Node {
  readonly sweeper: Sweeper;
  readonly log: readonly Record<string, unknown>[];
  readonly passes: () => number;
}

const clock = new ManualClock();
let store = new SharedStore();

beforeEach(() => {
  store = new SharedStore();
  mock.timers.enable({ apis: ['setInterval'] });
});
afterEach(() => mock.timers.reset());

function node(check: () => Promise<string | null> = async () => null): Node {
  const log: Record<string, unknown>[] = [];
  const logger = createLogger('info', { write: (line) => void log.push(JSON.parse(line)) });
  const sweeper = new Sweeper(new Sessions(store, clock), INTERVAL_MS, logger, { check });
  return { sweeper, log, passes: () => log.filter(({ msg }) => msg === 'sweep').length };
}

async function started(check?: () => Promise<string | null>): Promise<Node> {
  const made = node(check);
  made.sweeper.start();
  await setImmediate();
  return made;
}

/** Advances the time in steps, so that every timer runs. */
async function pass(ms: number): Promise<void> {
  const STEP_MS = 5_000;
  for (let left = ms; left > 0; left -= STEP_MS) {
    clock.advance(Math.min(left, STEP_MS));
    mock.timers.tick(Math.min(left, STEP_MS));
    await setImmediate();
  }
}

test('a single node sweeps at its interval, but not at its start', async () => {
  const alone = await started();
  await pass(INTERVAL_MS - 5_000);
  assert.equal(alone.passes(), 0);
  await pass(5_000);
  assert.equal(alone.passes(), 1);
  await pass(INTERVAL_MS);
  assert.deepEqual(
    alone.log.map(({ msg }) => msg),
    ['sweep', 'sweep'],
  );
});

test('only one of two nodes sweeps', async () => {
  const [first, second] = [await started(), await started()];
  await pass(3 * INTERVAL_MS);
  assert.deepEqual([first.passes(), second.passes()], [3, 0]);
});

test('another node replaces a dead one within the lease time and sweeps at once', async () => {
  store.holder = 'a node that died';
  store.until = clock.now() + LEASE_MS;
  const next = await started();
  await pass(LEASE_MS - 5_000);
  assert.deepEqual(next.log, []);
  await pass(5_000);
  assert.deepEqual(
    next.log.map(({ msg }) => msg),
    ['this node has the lease and sweeps from now on', 'sweep'],
  );
});

test('another node replaces a stopped one at its next attempt', async () => {
  const [first, second] = [await started(), await started()];
  await first.sweeper.stop();
  assert.equal(store.until, clock.now());
  await pass(LEASE_MS / 3);
  assert.equal(second.passes(), 1);
});

test('stopping a node without the lease does not release the lease of another', async () => {
  const [first, second] = [await started(), await started()];
  const { holder } = store;
  await second.sweeper.stop();
  assert.equal(store.holder, holder);
  assert.ok(store.until > clock.now());
  await pass(INTERVAL_MS);
  assert.equal(first.passes(), 1);
});

test('a pass renews the lease between steps and ends if another node has it', async () => {
  const first = await started();
  store.due = 10 * BATCH;
  store.beforeStep = () => {
    // The third step takes so long that another node takes the lease meanwhile.
    clock.advance(store.steps === 3 ? LEASE_MS : LEASE_MS - 1);
    if (store.steps === 3) store.holder = 'another';
    if (store.steps === 3) store.until = clock.now() + LEASE_MS;
  };
  await pass(INTERVAL_MS);
  assert.equal(store.steps, 3);
  const { closed, more } = first.log.find(({ msg }) => msg === 'sweep') ?? {};
  assert.deepEqual([closed, more], [3 * BATCH, true]);
});

test('sessions left by a bounded pass are swept at the next renewal of the lease', async () => {
  const alone = await started();
  store.due = (STEPS_MAX + 1) * BATCH;
  await pass(INTERVAL_MS);
  assert.equal(alone.passes(), 1);
  await pass(LEASE_MS / 3);
  assert.equal(alone.passes(), 2);
  assert.equal(store.due, 0);
  await pass(LEASE_MS);
  assert.equal(alone.passes(), 2);
});

test('while the store is down there is one log line; afterwards the sweep runs', async () => {
  const alone = await started();
  store.isAway = true;
  await pass(INTERVAL_MS);
  assert.equal(store.steps, 0);
  store.isAway = false;
  await pass(LEASE_MS / 3);
  assert.deepEqual(
    alone.log.map(({ msg }) => msg),
    ['no sweeps while the store does not respond', 'this node has the lease and sweeps from now on', 'sweep'],
  );
});

test('a failed pass is tried again at the next renewal of the lease', async () => {
  const alone = await started();
  store.beforeStep = () => {
    throw new SessionsError('STORE_UNAVAILABLE', 'The session store is unavailable: gone.');
  };
  await pass(INTERVAL_MS);
  store.beforeStep = () => {};
  await pass(LEASE_MS / 3);
  assert.deepEqual(
    alone.log.map(({ msg }) => msg),
    ['the sweep failed; it will be tried again', 'sweep'],
  );
});

test('stopping waits for the current step, then releases the lease', async () => {
  const alone = await started();
  const [asked, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  store.due = 10 * BATCH;
  store.beforeStep = () => {
    asked.resolve();
    return held.promise;
  };
  await pass(INTERVAL_MS);
  await asked.promise;
  const stopped = alone.sweeper.stop();
  await setImmediate();
  assert.ok(store.until > clock.now());
  held.resolve();
  await stopped;
  assert.equal(store.steps, 1);
  assert.equal(store.until, clock.now());
});

test('a node with a wrong clock takes no lease and does not sweep; another node does', async () => {
  const wrong = await started(async () => WRONG);
  assert.equal(store.holder, null);
  const right = await started();
  store.due = 10;
  await pass(INTERVAL_MS);
  assert.deepEqual([wrong.passes(), right.passes()], [0, 1]);
  assert.deepEqual(wrong.log, []);
});

test('a node whose clock becomes wrong releases its lease once; another continues', async () => {
  let problem: string | null = null;
  const first = await started(async () => problem);
  const second = await started();
  await pass(INTERVAL_MS);
  problem = WRONG;
  await pass(LEASE_MS);
  assert.equal(store.returned, 1);
  await pass(INTERVAL_MS);
  assert.deepEqual([first.passes(), second.passes()], [1, 2]);
  problem = null;
  await second.sweeper.stop();
  await pass(LEASE_MS);
  assert.equal(first.passes(), 2);
});

test('a pass ends if the clock becomes wrong between two steps', async () => {
  let problem: string | null = null;
  const alone = await started(async () => problem);
  store.due = 10 * BATCH;
  store.beforeStep = () => {
    if (store.steps === 3) problem = WRONG;
  };
  await pass(INTERVAL_MS);
  assert.equal(store.steps, 3);
  assert.equal(alone.log.find(({ msg }) => msg === 'sweep')?.more, true);
});
