import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import Koa, { type Context } from 'koa';
import session from 'koa-session';
import { Browser } from '../middleware/fixtures/browser.ts';
import { listen } from '../middleware/fixtures/listen.ts';
import { startSessions } from '../middleware/fixtures/worlds.ts';
import { ACTIONS, type LibrarySession, type StartLibraryApp } from './fixtures/library-app.ts';
import { runLibraryCases } from './fixtures/suite.ts';
import { PipSessionsStore } from './koa-session.ts';

const startApp: StartLibraryApp = ({ store, gate, max_age_ms }) => {
  const app = new Koa();
  app.silent = true;
  app.keys = ['not a secret'];
  const sessions = new PipSessionsStore(store);
  const maxAge = max_age_ms === undefined ? {} : { maxAge: max_age_ms };
  app.use(session({ store: sessions, key: 'sid', rolling: true, ...maxAge }, app));
  app.use(async (ctx) => {
    const body = (ctx.method === 'POST' ? await json(ctx.req) : {}) as Record<string, unknown>;
    const answer = await ACTIONS[ctx.path]?.(sessionOf(ctx), body, gate, sessions);
    ctx.body = ownMembers(answer as object);
  });
  return listen(createServer(app.callback()));
};

function sessionOf(ctx: Context): LibrarySession {
  return {
    get members() {
      return ctx.session as unknown as Record<string, unknown>;
    },
    get cookie() {
      return ctx.session;
    },
    regenerate: () => ctx.session.regenerate(),
    destroy: async () => {
      ctx.session = null;
    },
    save: () => ctx.session.save(),
    sid: ctx.session.externalKey,
  };
}

/** Without the properties that the library adds to the object. */
function ownMembers(answer: object): object {
  const members = Object.entries(JSON.parse(JSON.stringify(answer)));
  return Object.fromEntries(members.filter(([name]) => name !== 'isNew' && !name.startsWith('_')));
}

runLibraryCases('koa-session', startApp, {
  'a maxAge of 0 ends the session at once': 'koa-session takes 0 for its default of one day',
  'a new expires sets a new timeout, longer or shorter': 'koa-session has no expires',
  'a cookie with a name similar to the library’s has no effect': 'koa-session needs a second cookie with the signature',
});

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface AppOptions {
  readonly rolling?: boolean;
  readonly renew?: boolean;
  readonly maxAge?: number | 'session';
  readonly externalKey?: { get(ctx: Context): string; set(ctx: Context, key: string): void };
}

async function start(t: TestContext, options: AppOptions) {
  const world = await startSessions('remote');
  t.after(world.stop);
  const store = new PipSessionsStore({ client: world.client });
  const app = new Koa();
  app.silent = true;
  app.keys = ['not a secret'];
  app.use(session({ store, key: 'sid', ...options }, app));
  app.use(async (ctx) => {
    if (ctx.path === '/login') Object.assign(ctx.session, { userId: 'u' });
    if (ctx.path === '/set') Object.assign(ctx.session, await json(ctx.req));
    if (ctx.path === '/for-this-browser') ctx.session.maxAge = 'session';
    ctx.body = ctx.session;
  });
  const { url, stop } = await listen(createServer(app.callback()));
  t.after(stop);
  return { ...world, store, url, browser: new Browser(url) };
}

test('koa-session: without rolling, a session ends maxAge after its last save', async (t) => {
  const { browser, advance } = await start(t, { maxAge: HOUR_MS });
  await browser.post('/login');
  advance(40 * MINUTE_MS);
  assert.deepEqual((await browser.get('/')).body, { userId: 'u' });
  advance(21 * MINUTE_MS);
  assert.deepEqual((await browser.get('/')).body, {});
  await browser.post('/login');
  advance(40 * MINUTE_MS);
  await browser.post('/set', { cart: [1] });
  advance(40 * MINUTE_MS);
  assert.deepEqual((await browser.get('/')).body, { userId: 'u', cart: [1] });
});

test('koa-session: without rolling, the library ends a session that is not saved', async (t) => {
  const { browser, store } = await start(t, { maxAge: HOUR_MS });
  await browser.post('/login');
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + HOUR_MS + 1 });
  assert.equal((await store.all()).length, 1);
  assert.deepEqual((await browser.get('/')).body, {});
});

test('koa-session: renew saves a session when half of its time has passed', async (t) => {
  const { browser, advance } = await start(t, { maxAge: HOUR_MS, renew: true });
  await browser.post('/login');
  const read = async (minutes: number) => {
    advance(minutes * MINUTE_MS);
    t.mock.timers.setTime(Date.now() + minutes * MINUTE_MS);
    return browser.get('/');
  };
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  assert.deepEqual((await read(20)).headers.getSetCookie(), []);
  assert.match((await read(20)).headers.getSetCookie().join(), /^sid=/);
  assert.deepEqual((await read(40)).body, { userId: 'u' });
});

test('koa-session: with maxAge session, a session lives while it is in use', async (t) => {
  for (const maxAge of ['session', HOUR_MS] as const) {
    const { browser, advance, client } = await start(t, { maxAge });
    const { headers } = await browser.post('/login');
    if (maxAge === 'session') assert.doesNotMatch(headers.getSetCookie().join(), /expires/i);
    else await browser.post('/for-this-browser');
    for (let use = 0; use < 3; use += 1) {
      advance(20 * HOUR_MS);
      assert.deepEqual((await browser.get('/')).body, { userId: 'u' });
    }
    assert.equal((await client.list({ user_id: 'u' })).items[0]?.idle_timeout, 86_400);
  }
});

test('koa-session: an external key of the application leads to the session', async (t) => {
  const externalKey = {
    get: (ctx: Context) => ctx.get('x-session'),
    set: (ctx: Context, key: string) => ctx.set('x-session', key),
  };
  const { browser, store } = await start(t, { externalKey });
  const key = (await browser.post('/login')).headers.get('x-session') ?? '';
  assert.deepEqual((await browser.get('/', { 'x-session': key })).body, { userId: 'u' });
  assert.deepEqual((await browser.get('/')).body, {});
  assert.deepEqual(await store.ids(), [key]);
});

test('koa-session: a property named cookie is stored as any other', async (t) => {
  const { browser, store } = await start(t, { rolling: true, maxAge: HOUR_MS });
  await browser.post('/set', { cookie: 'chocolate', n: 1 });
  await browser.post('/set', { n: 2 });
  assert.deepEqual((await browser.get('/')).body, { cookie: 'chocolate', n: 2 });
  const [{ cookie, n } = {}] = await store.all();
  assert.deepEqual([cookie, n], ['chocolate', 2]);
});

test('koa-session: all, ids, length and clear apply to live sessions of the store', async (t) => {
  const { store, url } = await start(t, {});
  for (const userId of ['u', 'v']) await new Browser(url).post('/set', { userId });
  const all = await store.all();
  assert.deepEqual(all.map(({ userId }) => userId).toSorted(), ['u', 'v']);
  assert.deepEqual(all.map(({ id }) => id).toSorted(), (await store.ids()).toSorted());
  assert.equal(await store.length(), 2);
  await store.clear();
  assert.deepEqual([await store.length(), await store.ids()], [0, []]);
});

test('koa-session: other code can read and replace a session by its key', async (t) => {
  const { store } = await start(t, {});
  await store.set('a', { n: 1, _session: true });
  assert.deepEqual(await store.get('a'), { n: 1, _session: true });
  await store.set('a', { m: 2, _session: true });
  assert.deepEqual(await store.get('a'), { m: 2, _session: true });
  await store.destroy('a');
  assert.equal(await store.get('a'), null);
});

test('koa-session: device gets the session and the context of the sign-in', async (t) => {
  const { client, takeAway, stop: stopService } = await startSessions('remote');
  t.after(stopService);
  const device = ({ name }: object & { readonly name?: unknown }, ctx: Context | undefined) => ({
    user_name: String(name),
    client: ctx?.get('user-agent') ?? null,
  });
  const app = new Koa();
  app.silent = true;
  app.keys = ['not a secret'];
  app.use(session({ store: new PipSessionsStore({ client, device }) }, app));
  app.use((ctx) => {
    Object.assign(ctx.session, { userId: 'u', name: 'Ann' });
    ctx.body = {};
  });
  const { url, stop } = await listen(createServer(app.callback()));
  t.after(stop);
  await fetch(url, { headers: { 'user-agent': 'Firefox' } });
  const [found] = (await client.list({ user_id: 'u' })).items;
  assert.deepEqual([found?.user_name, found?.client], ['Ann', 'Firefox']);
  takeAway();
  assert.equal((await fetch(url)).status, 503);
});

test('koa-session: a wrong option throws a TypeError that names it', async (t) => {
  const { client } = await start(t, {});
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{}, /client is missing/],
    [{ client, disableTouch: true }, /disableTouch is not an option/],
    [{ client, userId: 'u' }, /userId/],
  ];
  for (const [options, message] of wrong) {
    assert.throws(() => new PipSessionsStore(options as { client: typeof client }), message);
  }
});
