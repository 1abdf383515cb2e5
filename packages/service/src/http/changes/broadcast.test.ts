import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { ALL_KINDS } from '../../api/v2/change-kinds.ts';
import { Broadcast, type Listener } from './broadcast.ts';
import { ChangeLog } from './change-log.ts';

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A listener, and the data that it got. */
class Reader implements Listener {
  readonly address = '192.0.2.1';
  readonly key = null;
  readonly response: ServerResponse;
  readonly kinds: number = ALL_KINDS;
  readonly writes: string[] = [];
  next = 1;
  watermark = Number.NEGATIVE_INFINITY;
  unread_bytes = 0;

  constructor() {
    const reader = this;
    this.response = {
      get writableLength() {
        return reader.unread_bytes;
      },
      socket: { write: (bytes: Buffer | string) => this.writes.push(String(bytes)) },
    } as unknown as ServerResponse;
  }

  get ids(): string[] {
    return this.writes.flatMap((text) => [...text.matchAll(/"id":"(\w+)"/g)].map(([, id = '']) => id));
  }
}

function broadcasting(count: number, kept_max = 4) {
  const log = new ChangeLog(kept_max);
  const givenUp: Listener[] = [];
  const broadcast = new Broadcast(log, (listener) => void givenUp.push(listener));
  const readers = Array.from({ length: count }, () => new Reader());
  for (const reader of readers) broadcast.add(reader);
  const change = (id: string, age_ms = 0) => {
    log.add({ type: 'changed', id, user_id: 'u', revision: 1, close_reason: null });
    broadcast.publish(age_ms);
  };
  return { broadcast, readers, givenUp, change };
}

test('[M-09] the event loop serves other work after each 64 listeners', async () => {
  const { readers, change } = broadcasting(200);
  change('a');
  const reached: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    await nextTurn();
    reached.push(readers.filter(({ writes }) => writes.length > 0).length);
  }
  assert.deepEqual(reached, [64, 128, 192, 200]);
});

test('events during a round are written together in the next one, in order', async () => {
  const { readers, change } = broadcasting(80);
  change('a');
  await nextTurn();
  change('b');
  change('c');
  while (readers.some(({ ids }) => ids.length < 3)) await nextTurn();
  for (const { ids } of readers) assert.deepEqual(ids, ['a', 'b', 'c']);
  assert.deepEqual([readers[0]?.writes.length, readers[79]?.writes.length], [2, 1]);
});

test('a thousand events during a round are one write in the next round', async () => {
  const { readers, change } = broadcasting(1, 1_000);
  for (let n = 0; n < 1_000; n += 1) change(`s${n}`);
  await nextTurn();
  assert.deepEqual([readers[0]?.writes.length, readers[0]?.ids.length], [1, 1_000]);
});

test('the time of a delivery begins with a commit, and heartbeats have none', async () => {
  const { broadcast, readers, change } = broadcasting(1);
  broadcast.beat(1);
  await nextTurn();
  assert.equal(readers[0]?.writes.length, 1);
  assert.equal(broadcast.delivery_s.quantile(1), null);
  change('a', 20);
  change('b', 300);
  await nextTurn();
  await nextTurn();
  assert.equal(broadcast.delivery_s.quantile(0.01), 0.5);
});

test('a listener that has not read everything is skipped and continues later', async () => {
  const { readers, change } = broadcasting(2);
  const [slow, quick] = readers;
  assert.ok(slow && quick);
  slow.unread_bytes = 1;
  change('a');
  while (quick.ids.length < 1) await nextTurn();
  assert.deepEqual(slow.ids, []);
  slow.unread_bytes = 0;
  change('b');
  while (slow.ids.length < 2) await nextTurn();
  assert.deepEqual(
    [slow.ids, quick.ids],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  );
});

test('a listener is disconnected when the log no longer has its next event', async () => {
  const { readers, givenUp, change } = broadcasting(1);
  const [slow] = readers;
  assert.ok(slow);
  slow.unread_bytes = 1;
  for (let n = 0; n < 9; n += 1) change(`s${n}`);
  while (givenUp.length === 0) await nextTurn();
  assert.deepEqual([givenUp[0], slow.writes], [slow, []]);
});

test('a heartbeat comes after all events before its watermark', async () => {
  const { broadcast, readers, change } = broadcasting(1);
  const [reader] = readers;
  assert.ok(reader);
  change('a');
  broadcast.beat(5);
  while (reader.writes.length < 2) await nextTurn();
  assert.match(reader.writes.join(''), /"id":"a".*event: heartbeat\ndata: \{"time":5\}/s);
  broadcast.beat(5);
  await nextTurn();
  assert.equal(reader.writes.length, 2);
});
