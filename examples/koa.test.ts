import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWithService } from '../testing/examples/example.ts';
import { Jar } from '../testing/examples/jar.ts';

test('examples/koa.ts signs users in and out, and needs more for payments', async (t) => {
  const { urls } = await startWithService(t, 'koa');
  const jar = new Jar(String(urls[0]));
  assert.equal((await jar.get('/me')).body.code, 'SESSION_REQUIRED');
  assert.deepEqual((await jar.post('/login', { user: 'ann' })).body, { signed_in: 'ann' });
  assert.deepEqual((await jar.get('/me')).body, { user: 'ann' });
  assert.equal((await jar.post('/payments')).body.code, 'STEP_UP_REQUIRED');
  assert.equal((await jar.post('/logout')).status, 204);
  assert.equal((await jar.get('/me')).body.code, 'SESSION_REQUIRED');
});
