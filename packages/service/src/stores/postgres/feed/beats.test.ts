import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elapsedTime } from '../../../domain/time/elapsed-time.ts';
import { Beats } from './beats.ts';

test('postgres beats: a beat counts once, by the time when it was sent', () => {
  const beats = new Beats();
  const before = elapsedTime();
  const [first, second, third] = [beats.next(), beats.next(), beats.next()];
  for (const forged of ['', '1e15', 'Infinity', String(elapsedTime() + 60_000), first.slice(1)]) {
    assert.equal(beats.take(forged), null);
  }
  const time = beats.take(second);
  assert.ok(time !== null && time >= before && time <= elapsedTime());
  assert.equal(beats.take(second), null);
  assert.equal(beats.take(first), null);
  assert.ok((beats.take(third) ?? 0) >= time);
});

test('postgres beats: the oldest beats that never came back are dropped', () => {
  const beats = new Beats();
  const payloads = Array.from({ length: 100 }, () => beats.next());
  assert.equal(beats.take(payloads[0] ?? ''), null);
  assert.equal(beats.take(payloads[83] ?? ''), null);
  assert.notEqual(beats.take(payloads[84] ?? ''), null);
});
