import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { RedisServer } from '../../../../testing/servers/redis-server.ts';
import { missingRedis } from '../../../../testing/stores/missing.ts';
import { connectTo } from '../../../../testing/stores/redis-commands.ts';
import { loadConfig } from '../config/config.ts';
import { SessionsError } from '../domain/errors.ts';
import { ManualClock } from '../domain/time/clock.ts';
import { CheckedClock, type ClockDifference } from '../domain/time/clock-check.ts';
import { startService } from '../service.ts';
import { ClockWatch } from './clock-watch.ts';
import { createLogger } from './log.ts';

const RIGHT: ClockDifference = { ahead_ms: 5, error_ms: 1 };
const WRONG: ClockDifference = { ahead_ms: 60_000, error_ms: 1 };
const AWAY = new SessionsError('STORE_UNAVAILABLE', 'The session store is unavailable: gone.');

function newWatch() {
  const log: { level?: string; msg?: string }[] = [];
  const clock = new ManualClock();
  const checked = new CheckedClock(clock, () => 0);
  const store = {
    asked: 0,
    answer: async (): Promise<ClockDifference | null> => RIGHT,
    clockDifference: () => {
      store.asked += 1;
      return store.answer();
    },
  };
  const logger = createLogger('info', { write: (line) => void log.push(JSON.parse(line)) });
  return { log, clock, checked, store, watch: new ClockWatch(checked, store, logger) };
}

test('the clock is compared at the start and each minute, and until it is stopped', async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  try {
    const { store, watch } = newWatch();
    await watch.start();
    assert.equal(store.asked, 1);
    for (let minute = 0; minute < 3; minute += 1) {
      mock.timers.tick(60_000);
      await setImmediate();
    }
    assert.equal(store.asked, 4);
    watch.stop();
    mock.timers.tick(600_000);
    assert.equal(store.asked, 4);
  } finally {
    mock.timers.reset();
  }
});

test('a clock that becomes wrong, and right again, writes one log line each', async () => {
  const { log, store, watch, checked } = newWatch();
  for (const answer of [RIGHT, WRONG, WRONG, RIGHT, RIGHT, WRONG]) {
    store.answer = async () => answer;
    assert.equal((await watch.check()) !== null, answer === WRONG);
    assert.equal(checked.problem() !== null, answer === WRONG);
  }
  assert.deepEqual(
    log.map(({ level }) => level),
    ['error', 'info', 'error'],
  );
  assert.match(log[0]?.msg ?? '', /60 s ahead/);
});

test('while the store does not respond, the last comparison of the clock counts', async () => {
  const { store, watch } = newWatch();
  store.answer = async () => WRONG;
  await watch.check();
  store.answer = () => Promise.reject(AWAY);
  assert.match((await watch.check()) ?? '', /60 s ahead/);
});

test('a clock that steps is compared at once, with one comparison for all callers', async () => {
  const { clock, store, checked, watch } = newWatch();
  await watch.start();
  clock.advance(50_000);
  for (let n = 0; n < 10; n += 1) assert.notEqual(checked.problem(), null);
  await setImmediate();
  assert.equal(store.asked, 2);
  assert.equal(checked.problem(), null);
  watch.stop();
});

test('[E-03] a node with a wrong clock starts, is not ready, takes no lease', {
  skip: missingRedis() ?? false,
}, async (t) => {
  const server = await RedisServer.start();
  t.after(() => server.remove());
  const now = Date.now.bind(Date);
  const mocked = t.mock.method(Date, 'now', () => now() + 40 * 86_400_000);
  const log: { level?: string; msg?: string }[] = [];
  const logger = createLogger('info', { write: (line) => void log.push(JSON.parse(line)) });
  const service = await startService(loadConfig({ SESSIONS_STORE: server.url, SESSIONS_PORT: '0' }), logger);
  t.after(() => service.stop());
  mocked.mock.restore();
  const answer = await fetch(`${service.url}/readyz`);
  assert.equal(answer.status, 503);
  assert.match(await answer.text(), /3456000 s ahead/);
  assert.equal(log.filter(({ level }) => level === 'error').length, 1);
  const { commands, close } = await connectTo([server]);
  assert.equal(await commands[0]?.('EXISTS', 'ps:{x}:lease'), 0);
  close();
});
