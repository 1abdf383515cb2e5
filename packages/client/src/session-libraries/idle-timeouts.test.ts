import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startTestServer } from '../../../../testing/http/test-server.ts';
import { sessionsClientOf } from '../../../service/src/api/in-process-client.ts';
import { createSessionsClient } from '../index.ts';
import { LibrarySessions } from './sessions/library-sessions.ts';

const DAY_S = 86_400;
const DAY_MS = DAY_S * 1000;

/** A service with a maximum of 30 days, and the warnings of the process. */
async function start(t: TestContext) {
  const server = await startTestServer({ settings: { idle_timeout_ms_max: 30 * DAY_MS } });
  t.after(server.stop);
  const warnings: Error[] = [];
  const noted = (warning: Error) => {
    if (warning.message.includes('SESSIONS_IDLE_TIMEOUT_MAX')) warnings.push(warning);
  };
  process.on('warning', noted);
  t.after(() => process.off('warning', noted));
  return { ...server, warnings };
}

const sessionOf = (days: number | null) => ({
  cookie: { originalMaxAge: days === null ? null : days * DAY_MS, path: '/' },
  userId: 'u',
});

for (const access of ['embedded', 'remote'] as const) {
  test(`${access}: a maxAge above the maximum becomes the maximum, with one warning`, async (t) => {
    const { sessions, url, clock, warnings } = await start(t);
    const client = access === 'embedded' ? sessionsClientOf(sessions) : createSessionsClient({ url, retries: 0 });
    const store = new LibrarySessions({ client }, 'test');
    const held = await store.write('a', sessionOf(60), () => null);
    await store.write('b', sessionOf(90), () => null);
    await store.write('b', sessionOf(100), () => null);
    const timeouts = (await client.list({ user_id: 'u' })).items.map(({ idle_timeout }) => idle_timeout);
    assert.deepEqual(timeouts, [30 * DAY_S, 30 * DAY_S]);
    clock.advance(30 * DAY_MS - 1);
    assert.deepEqual((await store.read('a'))?.data, held?.data);
    // Node emits a warning in the next tick.
    await new Promise(setImmediate);
    const [warning, ...more] = warnings;
    assert.match(String(warning?.message), /5184000 seconds.*2592000 seconds/);
    assert.deepEqual(more, []);
  });
}

test('a session whose maxAge is removed gets the service’s default', async (t) => {
  const { sessions } = await start(t);
  const client = sessionsClientOf(sessions);
  const store = new LibrarySessions({ client }, 'test');
  await store.write('a', sessionOf(20), () => null);
  await store.write('a', sessionOf(null), () => null);
  assert.equal((await client.list({ user_id: 'u' })).items[0]?.idle_timeout, DAY_S);
});
