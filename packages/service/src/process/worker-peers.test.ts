import assert from 'node:assert/strict';
import type { Worker } from 'node:cluster';
import { EventEmitter } from 'node:events';
import { mock, test } from 'node:test';
import { type Family, gauge } from '../observability/metrics/families.ts';
import { type Channel, passOn, WorkerPeers } from './worker-peers.ts';

/** Workers of one primary, whose messages arrive in later turns. */
function workers(count: number) {
  const all = Array.from({ length: count }, (_, index) => {
    const channel = new EventEmitter() as EventEmitter & Channel;
    const handle = { id: index + 1, isConnected: () => true };
    const worker = Object.assign(handle, {
      send: (message: unknown) => queueMicrotask(() => channel.emit('message', message)),
    }) as unknown as Worker;
    channel.send = (message) => {
      queueMicrotask(() => passOn(message, worker, primary));
      return true;
    };
    return { worker, channel, peers: new WorkerPeers<readonly Family[]>(channel, 'metrics') };
  });
  const primary = all.map(({ worker }) => worker);
  return all;
}

const familiesWith = (n: number) => [gauge('sessions_processes', 'n', n)];

test('a worker gets the metrics of all others, also while others collect', async () => {
  const all = workers(3);
  for (const [index, { peers }] of all.entries()) peers.serve(async () => familiesWith(index));
  const collected = await Promise.all(all.map(({ peers }) => peers.collect()));
  const values = collected.map(({ parts }) => parts.map(([family]) => family?.values[0]?.value));
  assert.deepEqual(values, [
    [1, 2],
    [0, 2],
    [0, 1],
  ]);
});

test('a worker that fails is left out, and one alone does not wait', async () => {
  const [first, second, third] = workers(3);
  second?.peers.serve(() => Promise.reject(new Error('no metrics')));
  third?.peers.serve(async () => familiesWith(3));
  const collected = await first?.peers.collect();
  assert.deepEqual([collected?.parts.length, collected?.isComplete], [1, false]);
  const [alone] = workers(1);
  assert.deepEqual(await alone?.peers.collect(), { parts: [], isComplete: true });
});

test('a worker that does not respond delays the others for two seconds at most', async () => {
  const [first, second, third] = workers(3);
  second?.peers.serve(() => new Promise(() => {}));
  third?.peers.serve(async () => familiesWith(3));
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const collected = first?.peers.collect();
    await new Promise(setImmediate);
    mock.timers.tick(2_000);
    assert.deepEqual([(await collected)?.parts.length, (await collected)?.isComplete], [1, false]);
  } finally {
    mock.timers.reset();
  }
});

test('without a primary that answers, a worker gets nothing after two seconds', async () => {
  const peers = new WorkerPeers(new EventEmitter(), 'metrics');
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const collected = peers.collect();
    mock.timers.tick(2_000);
    assert.deepEqual(await collected, { parts: [], isComplete: false });
  } finally {
    mock.timers.reset();
  }
});

test('two kinds of values do not mix, also if they are collected at the same time', async () => {
  const [first, second] = workers(2);
  const keys = [first, second].map((worker) => worker && new WorkerPeers<string>(worker.channel, 'keys'));
  second?.peers.serve(async () => familiesWith(2));
  keys[1]?.serve(() => 'uses');
  const [families, uses] = await Promise.all([first?.peers.collect(), keys[0]?.collect()]);
  assert.equal(families?.parts[0]?.[0]?.values[0]?.value, 2);
  assert.deepEqual(uses, { parts: ['uses'], isComplete: true });
});
