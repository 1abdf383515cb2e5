import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { ManualClock } from '../../domain/time/clock.ts';
import { createLogger } from '../../observability/log.ts';
import { IncidentLog } from './incident-log.ts';
import type { Incident } from './incidents.ts';

const WRONG_KEY: Incident = { event: 'authentication_failed', code: 'UNAUTHORIZED', reason: 'unknown_key' };
const SMALL_SCOPE: Incident = { event: 'authorization_failed', code: 'FORBIDDEN', key: 'web', needed: 'admin' };

function logging() {
  const clock = new ManualClock();
  const lines: Record<string, unknown>[] = [];
  const log = new IncidentLog(createLogger('info', { write: (line) => void lines.push(JSON.parse(line)) }), clock);
  const write = (incident: Incident, address: string) => log.write(incident, address);
  return { clock, lines, write };
}

test('a failure is a warning with the reason and the address', () => {
  const { lines, write } = logging();
  write(WRONG_KEY, '192.0.2.1');
  const expected = { level: 'warn', ...WRONG_KEY, address: '192.0.2.1', unlogged: 0, msg: 'request rejected' };
  assert.deepEqual(lines, [{ ...expected, time: lines[0]?.time }]);
});

test('[ASVS-16.3] failures of one address log one line a second and count the rest', () => {
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

test('a flood of wrong keys does not hide a valid key with too small a scope', () => {
  const { lines, write } = logging();
  for (const failure of [WRONG_KEY, WRONG_KEY, SMALL_SCOPE, SMALL_SCOPE]) write(failure, '192.0.2.1');
  assert.deepEqual(
    lines.map(({ event }) => event),
    ['authentication_failed', 'authorization_failed'],
  );
});

test('[ASVS-16.3] failures of many clients log 20 lines a second and count the rest', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { clock, lines, write } = logging();
    for (let n = 0; n < 100; n += 1) write(WRONG_KEY, `192.0.2.${n}`);
    assert.equal(lines.length, 20);
    clock.advance(1_000);
    write(WRONG_KEY, '192.0.2.99');
    assert.deepEqual([lines.at(-1)?.address, lines.at(-1)?.unlogged], ['192.0.2.99', 1]);
    for (let n = 0; n < 5; n += 1) mock.timers.tick(10_000);
    const unlogged = lines.reduce((sum, line) => sum + Number(line.unlogged), 0);
    assert.equal(unlogged, 80);
  } finally {
    mock.timers.reset();
  }
});

test('incidents without a line are counted in one, ten seconds after the flood began', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { lines, write } = logging();
    for (let n = 0; n < 10_000; n += 1) write(WRONG_KEY, '192.0.2.1');
    mock.timers.tick(9_999);
    assert.equal(lines.length, 1);
    mock.timers.tick(1);
    assert.deepEqual(
      lines.map(({ unlogged }) => unlogged),
      [0, 9_999],
    );
    mock.timers.tick(60_000);
    assert.equal(lines.length, 2);
  } finally {
    mock.timers.reset();
  }
});

test('incidents of an evicted client are counted in the next line', () => {
  const { clock, lines, write } = logging();
  for (let n = 0; n < 5; n += 1) write(WRONG_KEY, '192.0.2.1');
  for (let n = 0; n < 10_000; n += 1) write(WRONG_KEY, `10.0.${n >> 8}.${n & 255}`);
  clock.advance(1_000);
  write(WRONG_KEY, '192.0.2.2');
  assert.equal(lines.at(-1)?.unlogged_elsewhere, 4);
});
