import assert from 'node:assert/strict';
import { test } from 'node:test';
import { userSessions } from '../adapters/fetch.ts';
import { answer, clientOf, problem, SESSION, TOKEN } from '../fixtures/scripted-fetch.ts';
import { ACCESS, startSessions } from './fixtures/worlds.ts';
import { IdleTimeoutLimit } from './open-request.ts';

const PERSISTENT = { cookie: 'persistent' } as const;

for (const access of ACCESS) {
  test(`${access}: a persistent sign-in gets the maximum idle timeout of the service`, async (t) => {
    const { client, stop } = await startSessions(access, { idle_timeout_ms_max: 7_200_000, idle_timeout_ms: 60_000 });
    t.after(stop);
    const enter = userSessions({ client });
    for (let round = 0; round < 2; round += 1) {
      const { userSession } = await enter(new Request('http://app.example.com/'));
      const opened = await userSession?.login({ user_id: 'u' }, PERSISTENT);
      assert.equal(opened?.session.idle_timeout, 7200);
    }
    const { userSession } = await enter(new Request('http://app.example.com/'));
    const beyond = { user_id: 'u', idle_timeout: 7201 };
    await assert.rejects(async () => userSession?.login(beyond, PERSISTENT), { code: 'INVALID_DATA' });
  });
}

test('the maximum idle timeout of the service is learnt once', async () => {
  const refused = problem(400, 'INVALID_DATA', { detail: 'idle_timeout must not be longer than 2592000 seconds.' });
  const opened = answer(201, { session: SESSION, token: TOKEN, evicted: [] });
  const { client, sent } = clientOf([refused, opened]);
  const limit = new IdleTimeoutLimit();
  const open = () => limit.open((request) => client.open(request), { user_id: '1' });
  await open();
  await open();
  const asked = sent.map(({ body }) => JSON.parse(body ?? '').idle_timeout);
  assert.deepEqual(asked, [34_560_000, 2_592_000, 2_592_000]);
});

test('an open request with another error rejects with the error of the service', async () => {
  const refused = problem(400, 'INVALID_DATA', { detail: 'user_id must not be empty.' });
  const { client, sent } = clientOf([refused]);
  const opening = new IdleTimeoutLimit().open((request) => client.open(request), { user_id: '' });
  await assert.rejects(opening, { code: 'INVALID_DATA', message: 'user_id must not be empty.' });
  assert.equal(sent.length, 1);
});
