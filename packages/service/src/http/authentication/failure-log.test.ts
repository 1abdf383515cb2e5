import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../domain/clock.ts';
import { createLogger } from '../../observability/log.ts';
import { type Failure, FailureLog } from './failure-log.ts';

const WRONG_KEY: Failure = { event: 'authentication_failed', code: 'UNAUTHORIZED', reason: 'unknown_key' };
const SMALL_SCOPE: Failure = { event: 'authorization_failed', code: 'FORBIDDEN', key: 'web', needed: 'admin' };

function logging() {
  const clock = new ManualClock();
  const lines: Record<string, unknown>[] = [];
  const log = new FailureLog(createLogger('info', { write: (line) => void lines.push(JSON.parse(line)) }));
  const write = (failure: Failure, address: string) => log.write(failure, address, clock.now());
  return { clock, lines, write };
}

test('a failure is a warning that says what happened and from where', () => {
  const { lines, write } = logging();
  write(WRONG_KEY, '192.0.2.1');
  const expected = { level: 'warn', ...WRONG_KEY, address: '192.0.2.1', unlogged: 0, msg: 'request refused' };
  assert.deepEqual(lines, [{ ...expected, time: lines[0]?.time }]);
});

test('a flood of failures is a line a second for each address, which counts the others', () => {
  const { clock, lines, write } = logging();
  for (let time_ms = 0; time_ms <= 2_000; time_ms += 10) {
    write(WRONG_KEY, '192.0.2.1');
    clock.advance(10);
  }
  write(WRONG_KEY, '192.0.2.2');
  assert.deepEqual(
    lines.map(({ address, unlogged }) => [address, unlogged]),
    [
      ['192.0.2.1', 0],
      ['192.0.2.1', 99],
      ['192.0.2.1', 99],
      ['192.0.2.2', 0],
    ],
  );
});

test('a flood of wrong keys does not hide that a valid one was used for too much', () => {
  const { lines, write } = logging();
  for (const failure of [WRONG_KEY, WRONG_KEY, SMALL_SCOPE, SMALL_SCOPE]) write(failure, '192.0.2.1');
  assert.deepEqual(
    lines.map(({ event }) => event),
    ['authentication_failed', 'authorization_failed'],
  );
});
