import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relativeTo, spanOf } from './relative-time.ts';
import { type Column, recordOf, tableOf } from './table.ts';

type Row = readonly [id: string, text: string, state: string];

const COLUMNS: readonly Column<Row>[] = [
  { head: 'ID', cell: ([id]) => id },
  { head: 'TEXT', cell: ([, text]) => text, width_min: 6 },
  { head: 'STATE', cell: ([, , state]) => state, colour: ([, , state]) => (state === 'live' ? 'green' : null) },
];
const ROWS: readonly Row[] = [
  ['1', 'a long text about nothing', 'live'],
  ['22', 'b', 'ended'],
];

test('a table is not cut unless it is on a terminal', () => {
  assert.equal(
    tableOf(COLUMNS, ROWS, { columns: null, hasColors: false }),
    'ID  TEXT                       STATE\n1   a long text about nothing  live\n22  b                          ended\n',
  );
});

test('on a narrow terminal only some columns are cut, down to their minimum', () => {
  assert.equal(
    tableOf(COLUMNS, ROWS, { columns: 21, hasColors: false }),
    'ID  TEXT        STATE\n1   a long te…  live\n22  b           ended\n',
  );
  const narrow = tableOf(COLUMNS, ROWS, { columns: 5, hasColors: false }).split('\n');
  assert.equal(narrow[1], '1   a lon…  live');
});

test('cells are coloured only if the terminal has colours, and keep their alignment', () => {
  const text = tableOf(COLUMNS, ROWS.slice(0, 1), { columns: null, hasColors: true });
  assert.ok(text.includes('\u001b[32mlive\u001b[39m'));
  assert.ok(text.includes('\u001b[1mID\u001b[22m'));
});

test('control characters in cells cannot control the terminal', () => {
  const text = tableOf(COLUMNS, [['1', '\u001b[31m\n', 'x']], { columns: null, hasColors: true });
  assert.ok(text.includes('\\u001b[31m\\u000a'));
  assert.equal(recordOf([['a', '\u0007']], { columns: 5, hasColors: false }), 'a  \\u0007\n');
});

test('times are shown relative to now, in their largest unit', () => {
  const now = Date.UTC(2026, 0, 1);
  const cases: readonly (readonly [seconds: number, text: string])[] = [
    [0, '0 s ago'],
    [-59, '59 s ago'],
    [-3_599, '59 m ago'],
    [-86_399, '23 h ago'],
    [-864_000, '10 d ago'],
    [90, 'in 1 m'],
  ];
  for (const [seconds, text] of cases) {
    assert.equal(relativeTo(now, new Date(now + seconds * 1000).toISOString()), text);
  }
  assert.equal(spanOf(7_200), '2 h');
});
