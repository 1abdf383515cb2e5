import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import fastify, { type Session } from 'fastify';
import { startSessions } from '../middleware/fixtures/worlds.ts';
import { PipSessionsStore } from './fastify-session.ts';
import { startFastifyApp } from './fixtures/fastify-app.ts';
import { runLibraryCases } from './fixtures/suite.ts';

runLibraryCases('@fastify/session', startFastifyApp);

/** The store, called by other code than the library. */
async function startStore(t: TestContext) {
  const world = await startSessions('remote');
  t.after(world.stop);
  const store = new PipSessionsStore({ client: world.client });
  const get = promisify((sid: string, done: (error: unknown, session?: Session | null) => void) =>
    store.get(sid, done),
  );
  const set = promisify((sid: string, session: object, done: (error?: unknown) => void) =>
    store.set(sid, session as Session, done),
  );
  const destroy = promisify((sid: string, done: (error?: unknown) => void) => store.destroy(sid, done));
  return { ...world, store, get, set, destroy };
}

test('@fastify/session: a copy replaces a session, and a read session is merged', async (t) => {
  const { client, get, set, destroy } = await startStore(t);
  await set('a', { cookie: {}, userId: 'u', cart: [1] });
  const [first, second] = [await get('a'), await get('a')];
  assert.deepEqual(JSON.parse(JSON.stringify(first)), { cookie: {}, userId: 'u', cart: [1] });
  await set('a', Object.assign(first ?? {}, { first: true }));
  await set('a', Object.assign(second ?? {}, { second: true }));
  assert.deepEqual(structuredClone(await get('a')), { cookie: {}, userId: 'u', cart: [1], first: true, second: true });
  await set('a', { cookie: {}, cart: [2] });
  assert.deepEqual(structuredClone(await get('a')), { cookie: {}, cart: [2] });
  assert.equal(await client.count({ user_id: 'u', active: true }), 0);
  await destroy('a');
  await set('a', { cookie: {}, userId: 'u' });
  assert.deepEqual(structuredClone(await get('a')), { cookie: {}, userId: 'u' });
});

test('@fastify/session: a fixed expires ends the session; a past one stores nothing', async (t) => {
  const { get, set } = await startStore(t);
  await set('past', { cookie: { expires: new Date(Date.now() - 1) } });
  assert.equal(await get('past'), null);
  const expires = new Date(Date.now() + 3_600_000).toISOString();
  await set('later', { cookie: { expires } });
  assert.deepEqual(structuredClone(await get('later')), { cookie: { expires } });
});

test('@fastify/session: all, ids, length and clear apply to live sessions', async (t) => {
  const { store, set } = await startStore(t);
  for (const sid of ['a', 'b']) await set(sid, { cookie: {}, userId: sid });
  const idsOf = promisify((done: (error: unknown, ids?: string[]) => void) => store.ids(done));
  const all = await promisify((done: (error: unknown, all?: object[]) => void) => store.all(done))();
  assert.deepEqual(all?.map((each) => Reflect.get(each, 'id')).toSorted(), ['a', 'b']);
  assert.deepEqual((await idsOf())?.toSorted(), ['a', 'b']);
  assert.equal(await promisify((done: (error: unknown, n?: number) => void) => store.length(done))(), 2);
  await promisify((done: (error?: unknown) => void) => store.clear(done))();
  assert.deepEqual(await idsOf(), []);
});

test('@fastify/session: device gets the session and the request of the sign-in', async (t) => {
  const { client } = await startStore(t);
  const app = fastify();
  t.after(() => app.close());
  await app.register(fastifyCookie);
  await app.register(fastifySession, {
    secret: 'not a secret, but long enough for the library',
    cookie: { secure: false },
    store: new PipSessionsStore({
      client,
      device: ({ name }, request) => ({ user_name: String(name), client: request?.headers['user-agent'] ?? null }),
    }),
  });
  app.get('/login', async (request) => Object.assign(request.session, { userId: 'u', name: 'Ann' }) && {});
  await app.inject({ url: '/login', headers: { 'user-agent': 'Firefox' } });
  const [device] = (await client.list({ user_id: 'u' })).items;
  assert.deepEqual([device?.user_name, device?.client], ['Ann', 'Firefox']);
});
