import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FaultLines } from './fault-lines.ts';
import { createLogger } from './log.ts';

function linesOf(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const written: Record<string, unknown>[] = [];
  const log = createLogger('warn', { write: (line) => void written.push(JSON.parse(line)) });
  return { faults: new FaultLines(log), written };
}

test('a thousand faults of one kind write two lines a second; the second has the count', (t) => {
  const { faults, written } = linesOf(t);
  for (let n = 0; n < 1_000; n += 1) faults.write('error', { n, err: new Error('gone'), msg: 'request failed' });
  t.mock.timers.tick(1_000);
  assert.deepEqual(
    written.map(({ level, n, count }) => [level, n, count]),
    [
      ['error', 0, undefined],
      ['error', 999, 999],
    ],
  );
  faults.write('error', { n: 1_000, err: new Error('gone'), msg: 'request failed' });
  assert.equal(written.length, 3);
});

test('a fault of another kind is logged at once', (t) => {
  const { faults, written } = linesOf(t);
  faults.write('error', { err: new Error('gone'), msg: 'request failed' });
  faults.write('error', { err: new Error('full'), msg: 'request failed' });
  faults.write('warn', { err: new Error('full'), msg: 'not written' });
  assert.equal(written.length, 3);
});

test('the number of lines is bounded even if every fault is of another kind', (t) => {
  const { faults, written } = linesOf(t);
  for (let n = 0; n < 1_000; n += 1) faults.write('error', { err: new Error(String(n)), msg: 'request failed' });
  t.mock.timers.tick(1_000);
  assert.equal(written.length, 102);
  assert.equal(written.at(-1)?.count, 899);
});
