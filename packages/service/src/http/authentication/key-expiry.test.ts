import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { expiryFrom, expiryText, parseExpiry } from './key-expiry.ts';

const NOW = Date.UTC(2026, 10, 26, 10, 15);
const DAY_MS = 86_400_000;

test('every expiry that is printed is read again as the same time', () => {
  const times = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) });
  const unit = fc.constantFrom(1, 1_000, 60_000, DAY_MS);
  fc.assert(
    fc.property(times, unit, (at, size) => {
      const time = Math.floor(at / size) * size;
      assert.equal(parseExpiry(expiryText(time)), time);
    }),
  );
  assert.equal(expiryText(Date.UTC(2027, 0, 31)), '2027-01-31');
  assert.equal(expiryText(Date.UTC(2027, 0, 31, 12)), '2027-01-31T12:00Z');
});

test('a text that is no date, or not in UTC, is no expiry', () => {
  for (const text of ['', '2027', '2027-1-31', '2027-02-30', '2027-13-01', '2027-01-31T12:00', '2027-01-31T24:00Z']) {
    assert.equal(parseExpiry(text), null, text);
  }
  for (const text of ['2027-01-31T12:00+01:00', '2027-01-31 12:00Z', '+012027-01-31', '1798761600000', ' 2027-01-31']) {
    assert.equal(parseExpiry(text), null, text);
  }
});

test('a lifetime in days lasts until the end of its last day', () => {
  assert.equal(expiryFrom('1d', NOW), Date.UTC(2026, 10, 28));
  assert.equal(expiryFrom('90d', NOW), Date.UTC(2027, 1, 25));
  assert.equal(expiryFrom('90d', Date.UTC(2026, 10, 26)), Date.UTC(2027, 1, 24));
  assert.equal(expiryFrom('2027-01-31', NOW), Date.UTC(2027, 0, 31));
});

test('a past expiry, or a lifetime that is no number of days, is rejected', () => {
  for (const text of ['2026-11-26', '2026-11-26T10:15Z']) {
    assert.throws(() => expiryFrom(text, NOW), { message: 'must be in the future' });
  }
  for (const text of ['0d', '-1d', '1.5d', '9999d', '90', '90D', '3h', '']) {
    assert.throws(() => expiryFrom(text, NOW), { message: /^must be a number of days from 1d to 3650d/ }, text);
  }
});
