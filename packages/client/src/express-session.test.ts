import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import express, { type Request, type Response } from 'express';
import session from 'express-session';
import { PipSessionsStore } from './express-session.ts';
import { listen } from './middleware/fixtures/listen.ts';
import { startSessions } from './middleware/fixtures/worlds.ts';
import { ACTIONS, type LibrarySession, type StartLibraryApp } from './session-libraries/fixtures/library-app.ts';
import { runLibraryCases } from './session-libraries/fixtures/suite.ts';

const startApp: StartLibraryApp = ({ store, gate, max_age_ms }) => {
  const app = express();
  app.set('env', 'test');
  app.use(express.json());
  const cookie = max_age_ms === undefined ? {} : { maxAge: max_age_ms };
  const options = { secret: 'not a secret', resave: false, saveUninitialized: false, name: 'sid', cookie };
  app.use(session({ ...options, store: new PipSessionsStore(store) }));
  for (const [path, action] of Object.entries(ACTIONS)) {
    app.all(path, async (req: Request, res: Response) => {
      const answer = await action(sessionOf(req), req.body ?? {}, gate);
      const { cookie: _, ...members } = JSON.parse(JSON.stringify(answer));
      res.json(members);
    });
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
  };
}

runLibraryCases('express-session', startApp);

/** The store as other code than the library calls it. */
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

const COOKIE = { originalMaxAge: null, path: '/' };

test('express-session: code beside the library reads and writes sessions, and undoes nothing that it has not seen', async (t) => {
  const { get, set } = await startStore(t);
  assert.equal(await get('unknown'), null);
  await set('a', { cookie: COOKIE, views: 1 });
  const [first, second] = [await get('a'), await get('a')];
  await set('a', Object.assign(first ?? {}, { first: true }));
  await set('a', Object.assign(second ?? {}, { second: true }));
  assert.deepEqual(await get('a'), { cookie: COOKIE, views: 1, first: true, second: true });
});

test('express-session: all, length and clear', async (t) => {
  const { store, set } = await startStore(t);
  const length = () => promisify((done: (error: unknown, length?: number) => void) => store.length(done))();
  for (const sid of ['a', 'b', 'c']) await set(sid, { cookie: COOKIE, sid });
  assert.equal(await length(), 3);
  const all = await promisify((done: (error: unknown, all?: object[]) => void) => store.all(done))();
  assert.deepEqual(all?.map((data) => Reflect.get(data, 'sid')).toSorted(), ['a', 'b', 'c']);
  await promisify((done: (error: unknown) => void) => store.clear(done))();
  assert.equal(await length(), 0);
});

test('express-session: each call hears of a service that is away, also where nobody listens', async (t) => {
  const { store, get, set, takeAway } = await startStore(t);
  await set('a', { cookie: COOKIE });
  const data = await get('a');
  assert.ok(data);
  takeAway();
  const away = { name: 'SessionStoreError', code: 'STORE_UNAVAILABLE', status: 503 };
  await assert.rejects(get('a'), away);
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
