import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SessionLoader } from './session-loader.ts';

/** A loader whose timers fire when `pass` is called, and whose requests end when `respond` is called. */
function start() {
  const requests: { readonly id: string; readonly end: () => void }[] = [];
  const timers = new Set<() => void>();
  const loader = new SessionLoader({
    read: (id) => new Promise((resolve) => requests.push({ id, end: () => resolve(null) })),
    setTimer: (callback) => {
      timers.add(callback);
      return callback;
    },
    clearTimer: (timer) => timers.delete(timer as () => void),
  });
  const pass = () => {
    for (const timer of [...timers]) {
      timers.delete(timer);
      timer();
    }
  };
  const respond = async () => {
    requests.at(0)?.end();
    requests.shift();
    await Promise.resolve();
    pass();
    pass();
  };
  return { loader, ids: () => requests.map(({ id }) => id), pass, respond };
}

test('few sessions are read at a time, the latest wish first', async () => {
  const { loader, ids, pass, respond } = start();
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) loader.want(id);
  assert.deepEqual(ids(), []);
  pass();
  assert.deepEqual(ids(), ['f', 'e', 'd', 'c']);
  await respond();
  assert.deepEqual(ids(), ['e', 'd', 'c', 'b']);
});

test('a line that moved out of view is not read', () => {
  const { loader, ids, pass } = start();
  const leave = loader.want('a');
  const leaveOther = loader.want('b');
  loader.want('b');
  leave();
  leaveOther();
  pass();
  assert.deepEqual(ids(), ['b']);
});
