import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startV2 } from './fixtures/start.ts';

test('both APIs return the same sessions', async (t) => {
  const { send, open, url } = await startV2(t);
  const { session } = await open();
  const post = (command: string, body: object) =>
    fetch(`${url}/v1/sessions/${command}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then((response) => response.json() as Promise<{ id: string; user_id: string }>);
  assert.equal((await post('get_session_by_id', { session_id: session.id })).user_id, 'u');
  const old = await post('open_session', { user_id: 'v', data: 7 });
  assert.equal((await send(`GET /v2/sessions/${old.id}`)).body.data, 7);
  await post('close_session', { session_id: session.id });
  assert.equal((await send(`GET /v2/sessions/${session.id}`)).body.close_reason, 'closed');
});

test('stats have the last sweep with its counts and its lag', async (t) => {
  const { open, send, clock, sessions } = await startV2(t, { settings: { retention_ms: 1000 } });
  assert.equal((await send('GET /v2/stats')).body.sweep, null);
  await open({ idle_timeout: 1 });
  clock.advance(3500);
  await sessions.sweep();
  const time = new Date(clock.now()).toISOString();
  assert.deepEqual((await send('GET /v2/stats')).body.sweep, { time, closed: 1, purged: 1, lag: 2.5 });
});
