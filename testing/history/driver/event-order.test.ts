import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEvent } from '../history.ts';
import { EventOrder } from './event-order.ts';

function ordered() {
  const released: number[] = [];
  const order = new EventOrder(({ time }) => void released.push(time));
  const push = (...times: readonly number[]) => {
    for (const time of times) order.push({ type: 'emptied', time } satisfies HistoryEvent);
  };
  return { order, released, push };
}

test('events of several sources are released in one order', () => {
  const { order, released, push } = ordered();
  order.join('a', 0);
  order.join('b', 0);
  push(4, 1);
  order.completed('a', 5, 9);
  assert.deepEqual(released, []);
  push(2, 7);
  order.completed('b', 6, 9);
  assert.deepEqual(released, [1, 2, 4]);
});

test('the order does not wait for a source that has left', () => {
  const { order, released, push } = ordered();
  order.join('a', 0);
  order.join('b', 0);
  push(1);
  order.leave('b');
  order.completed('a', 5, 9);
  assert.deepEqual(released, [1]);
});

test('events of the driver are not released before its own moment', () => {
  const { order, released, push } = ordered();
  order.join('a', 0);
  push(3);
  order.completed('a', 5, 2);
  assert.deepEqual(released, []);
  order.flush(9);
  assert.deepEqual(released, [3]);
});
