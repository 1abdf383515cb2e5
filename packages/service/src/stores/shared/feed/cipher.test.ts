import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { FEED_KEY_BYTES, MessageReader, MessageSealer, textBytesMax } from './cipher.ts';

const KEY = randomBytes(FEED_KEY_BYTES);
const HERE = 'channel 1';

test('feed messages: a reader opens a message once, and only in its context', () => {
  const property = fc.property(fc.string({ unit: 'grapheme' }), (text) => {
    const [sealer, reader] = [new MessageSealer(KEY), new MessageReader(KEY)];
    const message = sealer.seal(text, HERE);
    assert.equal(reader.open(message, 'channel 2'), null);
    assert.equal(reader.open(message, HERE), text);
    assert.equal(reader.open(message, HERE), null);
  });
  fc.assert(property);
});

test('feed messages: two messages with the same text share only the sender', () => {
  const sealer = new MessageSealer(KEY);
  const [a, b] = [sealer.seal('{"user":"ann"}', HERE), sealer.seal('{"user":"ann"}', HERE)];
  assert.equal(a.slice(0, 16), b.slice(0, 16));
  const [left, right] = [a, b].map((message) => Buffer.from(message.slice(16), 'base64').subarray(6));
  const same = left?.filter((byte, at) => byte === right?.[at]).length ?? 0;
  assert.ok(same <= 4, `${same} bytes are the same`);
  for (const message of [a, b]) assert.ok(!Buffer.from(message, 'base64').includes('ann'));
});

test('feed messages: a changed message, another key or a forged sender is not opened', () => {
  const message = new MessageSealer(KEY).seal('text', HERE);
  const bytesOf = (text: string) => Buffer.from(text, 'base64');
  const forged = Array.from(message, (character, at) => [
    message.slice(0, at),
    message.slice(0, at) + (character === 'A' ? 'Q' : 'A') + message.slice(at + 1),
  ]).flat();
  // Some bits of the last base64 characters are not significant.
  for (const text of forged.filter((one) => !bytesOf(one).equals(bytesOf(message)))) {
    assert.equal(new MessageReader(KEY).open(text, HERE), null, text);
  }
  assert.equal(new MessageReader(randomBytes(FEED_KEY_BYTES)).open(message, HERE), null);
  for (const garbage of ['', '-', '\0', 'x'.repeat(10_000), '["id","user",2,"closed"]']) {
    assert.equal(new MessageReader(KEY).open(garbage, HERE), null);
  }
});

test('feed messages: messages open once, in any order, unless they are far behind', () => {
  const sealer = new MessageSealer(KEY);
  const reader = new MessageReader(KEY);
  const messages = Array.from({ length: 3_000 }, (_, n) => sealer.seal(String(n), HERE));
  const open = (n: number) => reader.open(messages[n] ?? '', HERE);
  const order = Array.from({ length: 1_000 }, (_, n) => 999 - n);
  assert.deepEqual(order.map(open), order.map(String));
  assert.deepEqual(
    order.map(open),
    order.map(() => null),
  );
  assert.equal(open(2_999), '2999');
  assert.equal(open(1_976), '1976');
  assert.equal(open(1_975), null);
  assert.equal(open(1_500), null);
});

test('feed messages: a text of the maximum size gives a message of the maximum length', () => {
  for (const length_max of [200, 201, 202, 203, 7_999]) {
    const bytes = textBytesMax(length_max);
    assert.ok(new MessageSealer(KEY).seal('x'.repeat(bytes), HERE).length <= length_max);
    assert.ok(new MessageSealer(KEY).seal('x'.repeat(bytes + 3), HERE).length > length_max);
  }
});

test('feed messages: forged senders do not evict known senders from the cache', () => {
  const [sealer, reader] = [new MessageSealer(KEY), new MessageReader(KEY)];
  const message = sealer.seal('text', HERE);
  assert.equal(reader.open(message, HERE), 'text');
  for (let n = 0; n < 1_100; n += 1) reader.open(String(n).padStart(16, 'x') + message.slice(16), HERE);
  assert.equal(reader.open(message, HERE), null);
});
