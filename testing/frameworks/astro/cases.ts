import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { userSessions } from '../../../packages/client/src/adapters/astro.ts';
import { responseOf } from '../../../packages/client/src/adapters/fixtures/fetch-app.ts';
import type { StartApp } from '../../../packages/client/src/middleware/fixtures/app.ts';
import { runMiddlewareCases } from '../../../packages/client/src/middleware/fixtures/suite.ts';
import { startSessions } from '../../../packages/client/src/middleware/fixtures/worlds.ts';
import { Jar } from '../../examples/jar.ts';
import { startApplication } from '../applications.ts';

type Handle = ReturnType<typeof userSessions>;
let handles: readonly Handle[] | null = null;
let newHandles: (create: typeof userSessions) => readonly Handle[] = () => [];
Object.assign(globalThis, {
  cases: {
    handle(create: typeof userSessions): Handle {
      handles ??= newHandles(create);
      return handles.reduceRight((inner, outer) => (context, next) => outer(context, () => inner(context, next)));
    },
    respond: responseOf,
  },
});

const sessions = await startSessions('remote');
process.env.SESSIONS_URL = sessions.url;
const server = await startApplication('astro', process.env.CASES_APP ?? '');
after(async () => {
  await server.stop();
  await sessions.stop();
});

const startApp: StartApp = async (options, mounts) => {
  handles = null;
  newHandles = (create) => Array.from({ length: mounts }, () => create(options));
  return { url: server.url, stop: async () => {} };
};

runMiddlewareCases('Astro', startApp);

const form = (fields: Record<string, string> = {}) => new URLSearchParams(fields);
const own = { origin: server.url };

test('the example of Astro signs in and out, and keeps the cookies of the application', async () => {
  const jar = new Jar(server.url);
  const signedIn = await jar.post('/api/login', form({ user: 'ann' }), own);
  assert.deepEqual([signedIn.status, signedIn.headers.get('location')], [303, '/']);
  assert.equal(signedIn.headers.get('cache-control'), 'no-store');
  assert.deepEqual([...jar.cookies.keys()].toSorted(), ['session', 'theme']);
  const page = await jar.get('/');
  assert.match(page.text, /Hello ann/);
  assert.equal(page.headers.get('cache-control'), 'no-store');
  assert.deepEqual((await jar.get('/api/me')).body, { user: 'ann' });
  assert.match((await jar.get('/account')).text, /Account of ann/);
  await jar.post('/api/logout', form(), own);
  assert.deepEqual([...jar.cookies.keys()], ['theme']);
  assert.match((await jar.get('/')).text, /Sign in/);
});

test('a rejection that a page of Astro throws gets its response', async () => {
  const { status, headers, body } = await new Jar(server.url).get('/account');
  assert.deepEqual([status, headers.get('www-authenticate')], [401, 'Bearer']);
  assert.equal(body.code, 'SESSION_REQUIRED');
});

test('a form of another site changes nothing in Astro, and an outage keeps the cookie', async () => {
  const jar = new Jar(server.url);
  await jar.post('/api/login', form({ user: 'ann' }), own);
  const forged = await jar.post('/api/logout', form(), { ...own, 'sec-fetch-site': 'cross-site' });
  assert.deepEqual([forged.status, forged.body.code], [403, 'CROSS_SITE_REQUEST']);
  sessions.takeAway();
  const away = await jar.get('/');
  assert.deepEqual([away.status, away.headers.get('retry-after'), away.headers.getSetCookie()], [503, '5', []]);
  const signIn = await new Jar(server.url).post('/api/login', form({ user: 'bob' }), own);
  assert.deepEqual([signIn.status, signIn.headers.get('retry-after')], [503, '5']);
  sessions.bringBack();
  assert.match((await jar.get('/')).text, /Hello ann/);
});
