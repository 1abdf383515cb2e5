import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relativeText, spanText } from './time-text.ts';

test('a time span has its largest unit', () => {
  const spans = [0, 999, 59_999, 60_000, 3_599_999, 3_600_000, 86_399_999, 86_400_000 * 12];
  assert.deepEqual(spans.map(spanText), ['0 s', '0 s', '59 s', '1 min', '59 min', '1 h', '23 h', '12 d']);
});

test('a time is now, ago or ahead', () => {
  assert.deepEqual(
    [-180_000, -9_999, 9_999, 75_600_000].map((difference) => relativeText(difference, 0)),
    ['3 min ago', 'now', 'now', 'in 21 h'],
  );
});
