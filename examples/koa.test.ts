import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSessionsClient } from '@pip-sessions/client';
import { startWithService } from '../testing/examples/example.ts';
import { Jar } from '../testing/examples/jar.ts';

for (const name of ['koa', 'fastify']) {
  test(`examples/${name}.ts signs users in and out, and needs more for payments`, async (t) => {
    const { urls } = await startWithService(t, name);
    const jar = new Jar(String(urls[0]));
    assert.equal((await jar.get('/me')).body.code, 'SESSION_REQUIRED');
    assert.deepEqual((await jar.post('/login', { user: 'ann' })).body, { signed_in: 'ann' });
    assert.deepEqual((await jar.get('/me')).body, { user: 'ann' });
    assert.equal((await jar.post('/payments')).body.code, 'STEP_UP_REQUIRED');
    assert.deepEqual((await jar.post('/second-factor')).body, { level: 2 });
    assert.deepEqual((await jar.post('/payments')).body, { paid: true });
    await jar.post('/logout');
    assert.equal(jar.cookies.size, 0);
    assert.equal((await jar.get('/me')).body.code, 'SESSION_REQUIRED');
  });
}

test('examples/koa-session.ts signs a user in, and a revocation signs the user out', async (t) => {
  const { service, urls } = await startWithService(t, 'koa-session');
  const client = createSessionsClient({ url: service.url });
  const jar = new Jar(String(urls[0]), { 'user-agent': 'Firefox' });
  assert.deepEqual((await jar.get('/me')).body, { user: null, session_id: null });
  assert.deepEqual((await jar.post('/login', { user: 'ann' })).body, { user: 'ann' });
  const [device] = (await client.list({ user_id: 'ann', active: true })).items;
  assert.equal(device?.client, 'Firefox');
  assert.deepEqual((await jar.get('/me')).body, { user: 'ann', session_id: device?.id });
  await client.close(String(device?.id));
  assert.deepEqual((await jar.get('/me')).body, { user: null, session_id: null });
  await jar.post('/login', { user: 'ann' });
  assert.deepEqual((await jar.post('/logout')).body, { user: null });
  assert.equal(await client.count({ user_id: 'ann', active: true }), 0);
});
