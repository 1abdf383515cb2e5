import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UNDO_MS, UndoQueue } from './undo-queue.ts';

/** A queue with a clock that the test moves, and the ends that it has sent. */
function createQueue() {
  let now = 0;
  const timers = new Map<number, { readonly callback: () => void; readonly due: number }>();
  const sent: string[] = [];
  const queue = new UndoQueue({
    now: () => now,
    set: (callback, delay_ms) => {
      const id = timers.size + 1;
      timers.set(id, { callback, due: now + delay_ms });
      return id;
    },
    clear: (id) => void timers.delete(id as number),
  });
  const pass = async (ms: number) => {
    now += ms;
    for (const [id, { callback, due }] of [...timers]) {
      if (due <= now && timers.delete(id)) callback();
    }
    await new Promise(setImmediate);
  };
  const add = (
    id: string,
    send: (isLeaving: boolean) => Promise<void> = async (isLeaving) => void sent.push(isLeaving ? `${id}!` : id),
  ) => queue.add(id, send);
  return { queue, sent, add, pass };
}

test('nothing is sent for five seconds, and then the end', async () => {
  const { queue, sent, add, pass } = createQueue();
  add('a');
  await pass(UNDO_MS - 1);
  assert.deepEqual(sent, []);
  assert.equal(queue.pending[0]?.state, 'waiting');
  await pass(1);
  assert.deepEqual(sent, ['a']);
  assert.deepEqual(queue.pending, []);
});

test('an end that was undone is never sent', async () => {
  const { queue, sent, add, pass } = createQueue();
  add('a');
  await pass(UNDO_MS - 1);
  assert.equal(queue.undo('a'), true);
  await pass(UNDO_MS * 2);
  assert.deepEqual(sent, []);
  assert.equal(queue.undo('a'), false);
});

test('an end that was sent cannot be undone', async () => {
  const { queue, add, pass } = createQueue();
  const { promise, resolve: finish } = Promise.withResolvers<void>();
  add('a', () => promise);
  await pass(UNDO_MS);
  assert.equal(queue.pending[0]?.state, 'sending');
  assert.equal(queue.undo('a'), false);
  finish();
  await pass(0);
  assert.deepEqual(queue.pending, []);
});

test('the same session is ended once', async () => {
  const { sent, add, pass } = createQueue();
  add('a');
  await pass(1_000);
  add('a');
  await pass(UNDO_MS);
  assert.deepEqual(sent, ['a']);
});

test('an end that failed stays until it is dismissed, and can be tried again', async () => {
  const { queue, sent, add, pass } = createQueue();
  const error = new Error('away');
  add('a', () => Promise.reject(error));
  await pass(UNDO_MS);
  assert.deepEqual({ ...queue.pending[0], due: 0 }, { id: 'a', state: 'failed', due: 0, error });
  add('a');
  await pass(UNDO_MS);
  assert.deepEqual(sent, ['a']);
  add('b', () => Promise.reject(error));
  await pass(UNDO_MS);
  queue.dismiss('b');
  assert.deepEqual(queue.pending, []);
});

test('leaving the page sends what was confirmed, once', async () => {
  const { queue, sent, add, pass } = createQueue();
  add('a');
  add('b');
  queue.undo('b');
  queue.flush();
  await pass(UNDO_MS);
  assert.deepEqual(sent, ['a!']);
});

test('of too many waiting ends the oldest is sent before its time', async () => {
  const { queue, sent, add, pass } = createQueue();
  for (let index = 0; index <= 50; index += 1) add(`s${index}`);
  await pass(0);
  assert.deepEqual(sent, ['s0']);
  assert.equal(queue.pending.length, 50);
});
