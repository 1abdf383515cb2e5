import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import express, { type NextFunction, type Request, type Response } from 'express';
import session from 'express-session';
import { listen } from '../middleware/fixtures/listen.ts';
import { startSessions } from '../middleware/fixtures/worlds.ts';
import { type LibraryStoreOptions, PipSessionsStore } from './express-session.ts';
import { ACTIONS, type LibrarySession, type StartLibraryApp } from './fixtures/library-app.ts';
import { runLibraryCases } from './fixtures/suite.ts';

const startAppWith =
  (framework: typeof express): StartLibraryApp =>
  ({ store, gate, max_age_ms }) => {
    const app = framework();
    app.set('env', 'test');
    app.use(framework.json());
    const cookie = max_age_ms === undefined ? {} : { maxAge: max_age_ms };
    const options = { secret: 'not a secret', resave: false, saveUninitialized: false, name: 'sid', cookie };
    const sessions = new PipSessionsStore(store);
    app.use(session({ ...options, store: sessions }));
    for (const [path, action] of Object.entries(ACTIONS)) {
      const handle = async (req: Request, res: Response) => {
        const answer = await action(sessionOf(req), req.body ?? {}, gate, sessions);
        const { cookie: _, ...members } = JSON.parse(JSON.stringify(answer));
        res.json(members);
      };
      // Express 4 does not catch a rejected promise.
      app.all(path, (req, res, next) => handle(req, res).catch(next));
    }
    return listen(createServer(app));
  };

function sessionOf(req: Request): LibrarySession {
  return {
    get members() {
      return req.session as unknown as Record<string, unknown>;
    },
    regenerate: () => promisify((done: (error: unknown) => void) => req.session.regenerate(done))(),
    destroy: () => promisify((done: (error: unknown) => void) => req.session.destroy(done))(),
    save: () => promisify((done: (error: unknown) => void) => req.session.save(done))(),
    sid: req.sessionID,
  };
}

runLibraryCases('express-session', startAppWith(express));
runLibraryCases('express-session on Express 4', startAppWith(createRequire(import.meta.url)('express4')));

/** The store, called by other code than the library. */
async function startStore(t: TestContext) {
  const world = await startSessions('remote');
  t.after(world.stop);
  const store = new PipSessionsStore({ client: world.client });
  const get = (sid: string) =>
    new Promise<session.SessionData | null | undefined>((resolve, reject) =>
      store.get(sid, (error, data) => (error ? reject(error) : resolve(data))),
    );
  const set = promisify((sid: string, data: object, done: (error: unknown) => void) =>
    store.set(sid, data as session.SessionData, done),
  );
  return { ...world, store, get, set };
}

/** The store of another process of the application. */
function another(client: LibraryStoreOptions['client']): PipSessionsStore {
  return new PipSessionsStore({ client });
}

const COOKIE = { originalMaxAge: null, path: '/' };

test('express-session: other code can use the store, and undoes no unseen changes', async (t) => {
  const { get, set } = await startStore(t);
  assert.equal(await get('unknown'), null);
  await set('a', { cookie: COOKIE, views: 1 });
  const [first, second] = [await get('a'), await get('a')];
  await set('a', Object.assign(first ?? {}, { first: true }));
  await set('a', Object.assign(second ?? {}, { second: true }));
  assert.deepEqual(await get('a'), { cookie: COOKIE, views: 1, first: true, second: true });
  // A second save of an object does not remove a property that it never had.
  await set('a', Object.assign(second ?? {}, { third: true }));
  assert.deepEqual(await get('a'), { cookie: COOKIE, views: 1, first: true, second: true, third: true });
});

test('[U-06] express-session: data not read from the store replaces the session', async (t) => {
  const { client, get, set } = await startStore(t);
  await set('a', { cookie: COOKIE, userId: 'u', cart: [1] });
  const { userId: _, ...rest } = { ...(await get('a')) } as Record<string, unknown>;
  await set('a', rest);
  assert.deepEqual(await get('a'), { cookie: COOKIE, cart: [1] });
  assert.equal(await client.count({ user_id: 'u', active: true }), 0);
  await set('a', { cookie: COOKIE, userId: 'v' });
  assert.deepEqual(await get('a'), { cookie: COOKIE, userId: 'v' });
  assert.equal(await client.count({ active: true, client: 'express-session' }), 1);
});

test('express-session: a destroyed id can be set again, any number of times', async (t) => {
  const { client, store, get, set } = await startStore(t);
  const destroy = promisify((sid: string, done: (error: unknown) => void) => store.destroy(sid, done));
  const session = { cookie: COOKIE, userId: 'u' };
  for (const round of [1, 2, 3]) {
    await set('a', Object.assign(session, { round }));
    assert.deepEqual(await get('a'), { cookie: COOKIE, userId: 'u', round });
    assert.deepEqual(await new Promise((found) => another(client).get('a', (_, data) => found(data))), session);
    await destroy('a');
    assert.equal(await get('a'), null);
  }
  const read = (await get('b')) ?? session;
  await set('b', session);
  await set('c', read);
  assert.deepEqual([await get('b'), await get('c')], [session, session]);
  assert.equal(await client.count({ user_id: 'u', active: true }), 2);
});

test('express-session: a session can be read under one id and stored under another', async (t) => {
  const { get, set } = await startStore(t);
  await set('a', { cookie: COOKIE, n: 1 });
  const read = await get('a');
  await set('b', read ?? {});
  await set('a', Object.assign(read ?? {}, { n: 2 }));
  assert.deepEqual(
    [await get('a'), await get('b')],
    [
      { cookie: COOKIE, n: 2 },
      { cookie: COOKIE, n: 1 },
    ],
  );
});

test('express-session: calls for one id run in their order', async (t) => {
  const { store, get } = await startStore(t);
  const sessionOf = (n: number) => ({ cookie: COOKIE, n }) as unknown as session.SessionData;
  for (const n of [1, 2, 3]) store.set('a', sessionOf(n));
  assert.deepEqual(await get('a'), { cookie: COOKIE, n: 3 });
  store.destroy('a');
  store.set('a', sessionOf(4));
  store.destroy('a');
  assert.equal(await get('a'), null);
});

test('express-session: a maxAge of milliseconds ends on time', async (t) => {
  const { get, set } = await startStore(t);
  const cookieFor = (ms: number) => ({ originalMaxAge: ms, expires: new Date(Date.now() + ms), path: '/' });
  await set('gone', { cookie: { ...cookieFor(5), expires: new Date(Date.now() - 1) }, userId: 'u' });
  assert.equal(await get('gone'), null);
  await set('there', { cookie: cookieFor(900), userId: 'u' });
  assert.ok(await get('there'));
});

test('express-session: with disableTouch, reading does not extend a session', async (t) => {
  const { client, advance } = await startStore(t);
  const store = new PipSessionsStore({ client, disableTouch: true });
  const get = promisify((done: (error: unknown, data?: session.SessionData | null) => void) => store.get('a', done));
  const cookie = { originalMaxAge: 3_600_000, path: '/' };
  await promisify((done: (error: unknown) => void) => store.set('a', { cookie } as session.SessionData, done))();
  advance(2_000_000);
  const read = await get();
  assert.ok(read);
  await promisify((done: (error: unknown) => void) => store.touch('a', read, done))();
  advance(2_000_000);
  assert.equal(await get(), null);
});

test('express-session: with disableTouch, changes extend a session in all processes', async (t) => {
  const { client, advance } = await startStore(t);
  const options = { client, disableTouch: true };
  const stores = [new PipSessionsStore(options), new PipSessionsStore(options)];
  const cookie = { originalMaxAge: 3_600_000, path: '/' };
  const call = (act: (store: PipSessionsStore, done: (error: unknown, data?: unknown) => void) => void, n = 0) =>
    promisify((done: (error: unknown, data?: unknown) => void) => act(stores[n] as PipSessionsStore, done))();
  await call((store, done) => store.set('a', { cookie, userId: 'u' } as unknown as session.SessionData, done));
  for (const n of [1, 2, 3]) {
    const read = (await call((store, done) => store.get('a', done))) as session.SessionData;
    await call((store, done) => store.set('a', Object.assign(read, { n }), done));
    advance(2_700_000);
  }
  assert.deepEqual(Reflect.get((await call((store, done) => store.get('a', done), 1)) as object, 'n'), 3);
});

test('express-session: device gets the session and the request of the sign-in', async (t) => {
  const { client } = await startStore(t);
  const app = express();
  const store = new PipSessionsStore({
    client,
    device: (data, request) => ({ user_name: String(data.name), client: request?.headers['user-agent'] ?? null }),
  });
  app.use(session({ store, secret: 'not a secret', resave: false, saveUninitialized: false }));
  app.get('/login', (req: Request, res: Response) => {
    Object.assign(req.session, { userId: 'u', name: 'Ann' });
    res.end();
  });
  const { url, stop } = await listen(createServer(app));
  t.after(stop);
  await fetch(`${url}/login`, { headers: { 'user-agent': 'Firefox' } });
  const [device] = (await client.list({ user_id: 'u' })).items;
  assert.deepEqual([device?.user_name, device?.client], ['Ann', 'Firefox']);
});

test('express-session: a session that is too large reaches the error handler', async (t) => {
  const { client } = await startStore(t);
  const heard: unknown[] = [];
  const app = express();
  app.use(session({ store: new PipSessionsStore({ client }), secret: 'x', resave: false, saveUninitialized: false }));
  app.get('/', (req: Request, res: Response) => {
    Object.assign(req.session, { userId: 'u', large: 'x'.repeat(70_000) });
    res.end('{}');
  });
  app.use((error: unknown, _: Request, _res: Response, _next: NextFunction) => void heard.push(error));
  const { url, stop } = await listen(createServer(app));
  t.after(stop);
  await (await fetch(url)).text();
  const [error] = heard as [Error];
  assert.match(error.message, /SESSIONS_VALUE_LIMIT/);
  assert.equal(await client.count(), 0);
});

test('express-session: all and ids return the ids that the store accepts', async (t) => {
  const { store, set, get } = await startStore(t);
  for (const sid of ['a', 'b']) await set(sid, { cookie: COOKIE, userId: sid });
  const ids = await promisify((done: (error: unknown, ids?: string[]) => void) => store.ids(done))();
  assert.deepEqual(ids?.toSorted(), ['a', 'b']);
  const all = await promisify((done: (error: unknown, all?: object[]) => void) => store.all(done))();
  for (const listed of all ?? []) {
    const id = Reflect.get(listed, 'id');
    assert.equal(Reflect.get(listed, 'userId'), id);
    await promisify((done: (error: unknown) => void) => store.destroy(id, done))();
    assert.equal(await get(id), null);
  }
});

test('express-session: all, length and clear apply to live sessions of the store', async (t) => {
  const { store, set } = await startStore(t);
  const length = () => promisify((done: (error: unknown, length?: number) => void) => store.length(done))();
  for (const sid of ['a', 'b', 'c']) await set(sid, { cookie: COOKIE, sid });
  assert.equal(await length(), 3);
  const all = await promisify((done: (error: unknown, all?: object[]) => void) => store.all(done))();
  assert.deepEqual(all?.map((data) => Reflect.get(data, 'sid')).toSorted(), ['a', 'b', 'c']);
  await promisify((done: (error: unknown) => void) => store.clear(done))();
  assert.equal(await length(), 0);
});

test('express-session: an unavailable service fails calls with or without callback', async (t) => {
  const { store, get, set, takeAway } = await startStore(t);
  await set('a', { cookie: COOKIE });
  const data = await get('a');
  assert.ok(data);
  takeAway();
  const away = { name: 'SessionStoreError', code: 'STORE_UNAVAILABLE', status: 503 };
  await assert.rejects(get('a'), away);
  // Reading has already recorded activity.
  await promisify((done: (error: unknown) => void) => store.touch('a', data, done))();
  await assert.rejects(set('a', { cookie: COOKIE, more: 1 }), away);
  const calls: ((done: (error: unknown) => void) => void)[] = [
    (done) => store.destroy('a', done),
    (done) => store.touch('a', data, done),
    (done) => store.all(done),
    (done) => store.length(done),
    (done) => store.clear(done),
  ];
  for (const call of calls) await assert.rejects(promisify(call)(), away);
  store.destroy('a');
});
