import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LiveWorld } from './fixtures/live-world.ts';

const MINUTE_MS = 60_000;

test('[M-10] a published end closes all connections of the session at once', async () => {
  const world = new LiveWorld();
  world.open('a');
  world.open('b');
  const [first, second, other] = [world.connect('a'), world.connect('a'), world.connect('b')];
  await world.pass(1_000);
  world.end('a', 'revoked');
  assert.deepEqual([first.reasons, second.reasons, other.reasons], [['revoked'], ['revoked'], []]);
  assert.equal(world.live.size, 1);
});

test('connections of a healthy service stay open for hours, and cost one check each', async () => {
  const world = new LiveWorld();
  for (let n = 0; n < 600; n += 1) world.open(`s${n}`);
  const opened = [...world.sessions.keys()].map((id) => world.connect(id));
  await world.pass(10 * MINUTE_MS);
  assert.ok(opened.every(({ reasons }) => reasons.length === 0));
  assert.deepEqual(world.checks, [256, 256, 88]);
});

test('a connection of a session that has already ended is closed after one request', async () => {
  const world = new LiveWorld();
  world.open('a');
  world.end('a', 'evicted');
  const [ended, missing] = [world.connect('a'), world.connect('none')];
  await world.pass(40);
  assert.deepEqual([ended.reasons, missing.reasons], [['evicted'], ['unknown']]);
  assert.deepEqual(world.checks, [2]);
});

test('a deadline closes a connection without an event; later activity extends it', async () => {
  const world = new LiveWorld();
  world.open('a', MINUTE_MS);
  world.open('b', MINUTE_MS);
  const [a, b] = [world.connect('a'), world.connect('b')];
  await world.pass(MINUTE_MS / 2);
  const touched = world.sessions.get('b');
  if (touched) touched.expires_at += MINUTE_MS;
  await world.pass(MINUTE_MS / 2 + 500);
  assert.deepEqual([a.reasons, b.reasons], [['idle'], []]);
  assert.ok((a.closed_at ?? 0) - (world.sessions.get('a')?.ended_at ?? 0) < 500);
  await world.pass(MINUTE_MS);
  assert.deepEqual(b.reasons, ['idle']);
  assert.ok(world.checks.length < 20, `${world.checks.length} checks`);
});

test('a change may shorten the deadline: it is checked, once for many changes', async () => {
  const world = new LiveWorld();
  world.open('a', 10 * MINUTE_MS);
  const a = world.connect('a');
  await world.pass(1_000);
  const session = world.sessions.get('a');
  if (session) session.expires_at = world.now + 2_000;
  for (let n = 0; n < 100; n += 1) world.change('a');
  await world.pass(1_000);
  assert.equal(world.checks.length, 2);
  await world.pass(1_500);
  assert.deepEqual(a.reasons, ['idle']);
});

test('[M-10] while the stream is cut, checks keep connections open and find ends', async () => {
  const world = new LiveWorld();
  world.open('a');
  world.open('b');
  const [a, b] = [world.connect('a'), world.connect('b')];
  await world.pass(5_000);
  world.cut();
  await world.pass(MINUTE_MS);
  assert.deepEqual([a.reasons, b.reasons], [[], []]);
  assert.ok(world.checks.length < 60, `${world.checks.length} checks in a minute`);
  world.end('a');
  await world.pass(3_000);
  assert.deepEqual([a.reasons, b.reasons], [['closed'], []]);
});

test('[M-10] without the service for longer than the bound, connections are closed', async () => {
  for (const service of ['away', 'hangs'] as const) {
    const world = new LiveWorld();
    world.open('a');
    const a = world.connect('a');
    await world.pass(5_000);
    world.cut();
    world.service = service;
    const cut_at = world.now;
    await world.pass(1_400);
    assert.deepEqual(a.reasons, []);
    await world.pass(1_600);
    assert.deepEqual(a.reasons, ['unconfirmed']);
    assert.ok((a.closed_at ?? 0) - cut_at <= 3_000);
    assert.ok(world.errors.length > 0, 'the errors of the checks are reported');
  }
});

test('a service that is back within the bound closes no connection', async () => {
  const world = new LiveWorld();
  world.open('a');
  const a = world.connect('a');
  await world.pass(5_000);
  world.cut();
  world.service = 'away';
  await world.pass(2_000);
  world.service = 'up';
  await world.pass(500);
  world.reconnect('gap');
  await world.pass(MINUTE_MS);
  assert.deepEqual(a.reasons, []);
});

test('[M-10] after a gap all sessions are checked, at most 1,024 at a time', async () => {
  const world = new LiveWorld(5_000);
  for (let n = 0; n < 3_000; n += 1) world.open(`s${n}`);
  const opened = [...world.sessions.keys()].map((id) => world.connect(id));
  await world.pass(1_000);
  world.checks.length = 0;
  world.cut();
  for (let n = 0; n < 3_000; n += 2) world.end(`s${n}`);
  world.reconnect('gap');
  world.latency_ms = 50;
  await world.pass(120);
  assert.ok(world.checks.length <= 4);
  await world.pass(1_500);
  assert.equal(
    world.checks.reduce((sum, count) => sum + count),
    3_000,
  );
  assert.equal(opened.filter(({ reasons }) => reasons.length > 0).length, 1_500);
});

test('[M-10] after a gap, a session that cannot be checked is closed as unconfirmed', async () => {
  const world = new LiveWorld();
  world.open('a');
  const a = world.connect('a');
  await world.pass(5_000);
  world.cut();
  world.end('a');
  world.service = 'away';
  // The stream is complete again from here on, but the end was before.
  world.reconnect('gap');
  await world.pass(3_000);
  assert.deepEqual(a.reasons, ['unconfirmed']);
});

test('a process that stood still has a second to confirm its connections', async () => {
  const world = new LiveWorld();
  world.open('a');
  world.open('b');
  const [a, b] = [world.connect('a'), world.connect('b')];
  await world.pass(5_000);
  world.isRunning = false;
  world.isConnected = false;
  world.end('b');
  await world.pass(MINUTE_MS);
  world.isRunning = true;
  world.isHealthy = false;
  const resumed_at = world.now;
  // The bound counts from now on.
  for (const session of world.sessions.values()) if (session.ended_at) session.ended_at = resumed_at;
  await world.pass(1_000);
  assert.deepEqual([a.reasons, b.reasons], [[], ['closed']]);
});

test('a connection that closes by itself leaves nothing behind', async () => {
  const world = new LiveWorld();
  world.open('a');
  const connections = [world.connect('a'), world.connect('a'), world.connect('a')];
  for (const connection of connections) {
    world.leave(connection);
    world.leave(connection);
  }
  assert.equal(world.live.size, 0);
  world.end('a');
  await world.pass(1_000);
  assert.deepEqual(world.checks, []);
  assert.ok(connections.every(({ reasons }) => reasons.length === 0));
});

test('a close that throws is reported, and the other connections are closed', async () => {
  const world = new LiveWorld();
  world.open('a');
  world.live.endWith('a', () => {
    throw new Error('broken');
  });
  const other = world.connect('a');
  world.end('a');
  assert.deepEqual(other.reasons, ['closed']);
  assert.match(String(world.errors[0]), /broken/);
});

test('one connection more than the maximum is closed, and so are all after the stop', async () => {
  const world = new LiveWorld(1);
  world.open('a');
  const [first, second] = [world.connect('a'), world.connect('a')];
  world.isHealthy = false;
  await world.pass(40);
  assert.deepEqual([first.reasons, second.reasons], [[], ['unconfirmed']]);
  assert.match(String(world.errors[0]), /1 connections are registered: raise live_connections_max/);
  world.live.stop();
  const late = world.connect('a');
  await world.pass(40);
  assert.deepEqual([first.reasons, late.reasons], [['unconfirmed'], ['unconfirmed']]);
  assert.equal(world.live.size, 0);
});

const id = fc.constantFrom('a', 'b', 'c');
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('connect' as const), id }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), index: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), id }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('change' as const), id }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 20, max: 4_000 }) }) },
);
const fault = fc.oneof(
  { weight: 8, arbitrary: step },
  { weight: 1, arbitrary: fc.constant({ do: 'cut' as const }) },
  { weight: 2, arbitrary: fc.constantFrom({ do: 'resumed' as const }, { do: 'gap' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('service' as const),
      is: fc.constantFrom('up' as const, 'up' as const, 'away' as const, 'hangs' as const),
      latency_ms: fc.integer({ min: 0, max: 900 }),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type Fault = typeof fault extends fc.Arbitrary<infer S> ? S : never;

async function follow(steps: readonly (Step | Fault)[]): Promise<LiveWorld> {
  const world = new LiveWorld();
  world.open('a');
  world.open('b');
  world.open('c', 8_000);
  for (const next of steps) {
    if (next.do === 'connect') world.connect(next.id);
    else if (next.do === 'leave') {
      const connection = world.connections[next.index];
      if (connection) world.leave(connection);
    } else if (next.do === 'end') world.end(next.id, 'revoked');
    else if (next.do === 'change') world.change(next.id);
    else if (next.do === 'pass') await world.pass(next.ms);
    else if (next.do === 'cut') world.cut();
    else if (next.do === 'service') {
      world.service = next.is;
      world.latency_ms = next.latency_ms;
      world.isHealthy = false;
    } else world.reconnect(next.do);
  }
  await world.pass(4_000);
  return world;
}

test('no order of events and faults leaves a connection open after the bound', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { maxLength: 40, size: 'max' }), async (steps) => {
      await follow(steps);
    }),
    { numRuns: 150 },
  );
});

test('without a fault no order of events closes a connection of a live session', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      const world = await follow(steps);
      const open = world.connections.filter(({ closed_at, left_at }) => closed_at === null && left_at === null);
      assert.equal(world.live.size, open.length);
    }),
    { numRuns: 100 },
  );
});
