import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../domain/time/clock.ts';
import { CheckedClock } from '../../../domain/time/clock-check.ts';
import { DATE_BYTES_MAX, dated, readDated } from './dated-text.ts';

const TEXT = '["id","user",2,"closed"]';
const SERVER_TIME = Date.UTC(2026, 0, 1);

/** The clock of a node that differs from the clock of the store's server. */
function clockOf(ahead_ms: number, passed_ms = 0): CheckedClock {
  const clock = new CheckedClock(new ManualClock(SERVER_TIME + passed_ms + ahead_ms), () => 0);
  clock.compared({ ahead_ms, error_ms: 0 });
  return clock;
}

test('the age of a message is right whatever the clocks of the two nodes', () => {
  for (const [sender_ms, reader_ms] of [
    [0, 0],
    [9_000, -9_000],
    [-9_000, 9_000],
  ] as const) {
    const message = dated(TEXT, clockOf(sender_ms));
    assert.deepEqual(readDated(message, clockOf(reader_ms, 120)), { text: TEXT, age_ms: 120 });
    assert.ok(message.length <= TEXT.length + DATE_BYTES_MAX);
  }
});

test('a message has no age if a clock is unknown, or a message has no date', () => {
  const known = clockOf(0);
  for (const [message, clock] of [
    [dated(TEXT, new ManualClock()), known],
    [dated(TEXT, known), new ManualClock()],
    [dated(TEXT, clockOf(0, 60_000)), known],
    [TEXT, known],
  ] as const) {
    assert.deepEqual(readDated(message, clock), { text: TEXT, age_ms: 0 });
  }
});
