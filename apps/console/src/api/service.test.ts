import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { call, callEarly } from './service.ts';

/** Responds to each request with its number and its path, or with a status. */
function respond(status = 200) {
  let count = 0;
  const fetched = mock.method(globalThis, 'fetch', async (url: string) => {
    count += 1;
    return Response.json({ count, url }, { status });
  });
  return { fetched, urls: () => fetched.mock.calls.map(({ arguments: [url] }) => url as string) };
}

test('a view takes the response that was requested early, once', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { fetched, urls } = respond();
  t.after(() => fetched.mock.restore());
  callEarly('v2/sessions', { active: true });
  const query = { active: true, limit: undefined };
  assert.deepEqual(await call('v2/sessions', { query }), { count: 1, url: '/console/api/v2/sessions?active=true' });
  assert.deepEqual(await call('v2/sessions', { query }), { count: 2, url: '/console/api/v2/sessions?active=true' });
  callEarly('me');
  await call('v2/sessions', { query: { active: false } });
  assert.deepEqual(urls().slice(2), ['/console/api/me', '/console/api/v2/sessions?active=false']);
});

test('an early request that fails is sent again: the user may have signed in', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const out = respond(401);
  callEarly('v2/sessions');
  await new Promise(setImmediate);
  out.fetched.mock.restore();
  const { fetched } = respond();
  t.after(() => fetched.mock.restore());
  assert.deepEqual(await call('v2/sessions'), { count: 1, url: '/console/api/v2/sessions' });
});

test('an early response is dropped if no view takes it within 5 seconds', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { fetched } = respond();
  t.after(() => fetched.mock.restore());
  callEarly('v2/sessions');
  t.mock.timers.tick(5_000);
  assert.deepEqual(await call('v2/sessions'), { count: 2, url: '/console/api/v2/sessions' });
});
