import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csv } from './csv.ts';

test('a CSV file has quotes where a value needs them', () => {
  const text = csv(
    ['id', 'note', 'level'],
    [
      ['a', 'x, "y"\nz', 2],
      ['b', null, null],
    ],
  );
  assert.equal(text, 'id,note,level\r\na,"x, ""y""\nz",2\r\nb,,\r\n');
});

test('a spreadsheet takes no value of a CSV file for a formula', () => {
  for (const value of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1']) {
    assert.match(csv(['name'], [[value]]), /\r\n"?'/, value);
  }
});
