import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnWidths, fittingColumns } from './column-widths.ts';

const COLUMNS = [{ size: 100 }, { size: 200, sizeMin: 100 }, { size: 100, sizeMin: 50 }];

test('columns fill a wide table, and shrink in a narrow one as far as their texts allow', () => {
  assert.deepEqual(columnWidths(COLUMNS, 800), [200, 400, 200]);
  assert.deepEqual(columnWidths(COLUMNS, 400), [100, 200, 100]);
  assert.deepEqual(columnWidths(COLUMNS, 325), [100, 150, 75]);
  assert.deepEqual(columnWidths(COLUMNS, 100), [100, 100, 50]);
  assert.deepEqual(columnWidths([{ size: 100 }], 50), [100]);
});

test('beside an open panel a table shows as many columns as fit', () => {
  assert.deepEqual(fittingColumns(COLUMNS, 250), COLUMNS);
  assert.deepEqual(fittingColumns(COLUMNS, 249), COLUMNS.slice(0, 2));
  assert.deepEqual(fittingColumns(COLUMNS, 10), COLUMNS.slice(0, 1));
});
