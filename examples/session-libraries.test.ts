import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSessionsClient } from '@pip-sessions/client';
import { createClient } from '@redis/client';
import { outputOf, startMemoryService, startWithService, startWithWriteKey } from '../testing/examples/example.ts';
import { Jar } from '../testing/examples/jar.ts';
import { RedisServer } from '../testing/servers/redis-server.ts';
import { missingRedis } from '../testing/stores/missing.ts';

test('Passport on express-session lists devices, and ends one of them or all others', async (t) => {
  const { client, urls } = await startWithWriteKey(t, 'passport');
  const [laptop, phone, stranger] = ['Laptop', 'Phone', 'Stranger'].map(
    (agent) => new Jar(urls[0] ?? '', { 'user-agent': agent }),
  );
  assert.ok(laptop && phone && stranger);
  assert.equal((await laptop.post('/login', { name: 'nobody' })).status, 401);
  assert.deepEqual((await laptop.post('/login', { name: 'ann' })).body, { user: 'ann' });
  await phone.post('/login', { name: 'ann', remember: true });
  await stranger.post('/login', { name: 'bob' });
  await laptop.post('/cart', { item: 'apple' });
  assert.deepEqual((await laptop.get('/me')).body, { user: 'ann', cart: ['apple'] });

  const { items } = await client.list({ user_id: '1', active: true });
  assert.deepEqual(
    items.map((item) => [item.client, item.address, item.idle_timeout]),
    [
      ['Phone', '127.0.0.1', 2_592_000],
      ['Laptop', '127.0.0.1', 3_600],
    ],
  );
  const { body: devices } = await laptop.get('/devices');
  assert.deepEqual(
    devices.map(({ client, here }: { client: string; here: boolean }) => [client, here]),
    [
      ['Phone', false],
      ['Laptop', true],
    ],
  );
  assert.equal((await stranger.send('DELETE', `/devices/${devices[0].id}`)).status, 404);
  assert.deepEqual((await laptop.send('DELETE', `/devices/${devices[0].id}`)).body, { ended: 1 });
  assert.equal((await phone.get('/devices')).status, 401);
  await phone.post('/login', { name: 'ann' });
  assert.deepEqual((await laptop.post('/devices/end-others')).body, { ended: 1 });
  assert.deepEqual((await phone.get('/me')).body, { user: null, cart: [] });
  await laptop.post('/logout');
  assert.deepEqual((await laptop.get('/me')).body, { user: null, cart: [] });
});

test('@fastify/session: a sign-in is a session of its user in the service', async (t) => {
  const { service, urls } = await startWithService(t, 'fastify-session');
  const browser = new Jar(urls[0] ?? '', { 'user-agent': 'Firefox' });
  assert.deepEqual((await browser.get('/me')).body, { user: null, session_id: null });
  await browser.post('/login', { user: 'ann' });
  const { user, session_id } = (await browser.get('/me')).body;
  assert.equal(user, 'ann');
  const session = await createSessionsClient({ url: service.url }).get(session_id);
  assert.deepEqual([session?.user_id, session?.client, session?.active], ['ann', 'Firefox', true]);
  await browser.post('/logout');
  assert.deepEqual((await browser.get('/me')).body, { user: null, session_id: null });
});

test('sessions move from connect-redis to the service and back', { skip: missingRedis() ?? false }, async (t) => {
  const server = await RedisServer.start();
  const redis = await createClient({ url: server.url }).connect();
  t.after(() => redis.destroy());
  t.after(() => server.stop());
  const service = await startMemoryService(t);
  const cookie = { originalMaxAge: 3_600_000, expires: new Date(Date.now() + 1_800_000), httpOnly: true, path: '/' };
  const signedIn = { cookie, passport: { user: 1 }, cart: ['apple'] };
  await redis.set('sess:a', JSON.stringify(signedIn));
  await redis.set('sess:b', JSON.stringify({ cookie, lang: 'en' }));
  await redis.set('other', 'no session');

  const env = { SESSIONS_URL: service.url, REDIS_URL: server.url };
  assert.deepEqual(await outputOf('move-sessions', env), ['sessions moved: 2']);
  const client = createSessionsClient({ url: service.url });
  const { items } = await client.list({ user_id: '1', active: true });
  assert.deepEqual(
    items.map(({ idle_timeout }) => idle_timeout),
    [3_600],
  );

  await redis.flushAll();
  assert.deepEqual(await outputOf('move-sessions', env, ['back']), ['sessions moved: 2']);
  const { cookie: moved, ...rest } = JSON.parse((await redis.get('sess:a')) ?? '');
  assert.deepEqual(rest, { passport: { user: 1 }, cart: ['apple'] });
  assert.deepEqual([moved.originalMaxAge, moved.httpOnly, moved.path], [3_600_000, true, '/']);
  assert.ok((await redis.ttl('sess:a')) > 3_500);
  assert.equal(JSON.parse((await redis.get('sess:b')) ?? '').lang, 'en');
});
