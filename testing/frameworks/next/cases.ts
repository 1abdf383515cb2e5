import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { CurrentApp } from '../../../packages/client/src/adapters/fixtures/fetch-app.ts';
import { type NextModules, nextHandler } from '../../../packages/client/src/adapters/fixtures/next-app.ts';
import type { StartApp } from '../../../packages/client/src/middleware/fixtures/app.ts';
import { runMiddlewareCases } from '../../../packages/client/src/middleware/fixtures/suite.ts';
import { startSessions } from '../../../packages/client/src/middleware/fixtures/worlds.ts';
import { Jar, type JarResponse } from '../../examples/jar.ts';
import { startApplication } from '../applications.ts';

let current: CurrentApp | null = null;
let handle: ((request: Request) => Promise<Response>) | null = null;
Object.assign(globalThis, {
  casesOfNext(modules: NextModules, request: Request) {
    if (current === null) throw new Error('no case runs');
    handle ??= nextHandler(modules, current);
    return handle(request);
  },
});

// The example calls this service. The route of the cases has the service of its case.
const sessions = await startSessions('remote');
process.env.SESSIONS_URL = sessions.url;
const server = await startApplication('next', process.env.CASES_APP ?? '');
after(async () => {
  await server.stop();
  await sessions.stop();
});

const startApp: StartApp = async (options, mounts) => {
  current = { options, mounts };
  handle = null;
  return { url: server.url, stop: async () => {} };
};

runMiddlewareCases('Next', startApp);

/** Posts a form of the page as a browser without JavaScript does. */
async function submit(jar: Jar, page: JarResponse, name: string, headers: Record<string, string> = {}) {
  const forms = [...page.text.matchAll(/<form.*?<\/form>/gs)].map(([form]) => form);
  const body = new FormData();
  for (const [, field = ''] of forms.find((form) => form.includes(name))?.matchAll(/ name="([^"]+)"/g) ?? []) {
    body.set(field, field === 'user' ? 'ann' : '');
  }
  return jar.send('POST', '/', { body, headers: { origin: server.url, ...headers } });
}

test('the example of Next signs in, rotates and signs out by actions', async () => {
  const jar = new Jar(server.url);
  const start = await jar.get('/');
  const in_ = await submit(jar, start, 'Sign in');
  assert.deepEqual([in_.status, in_.headers.getSetCookie().length], [200, 1]);
  assert.match(in_.text, /Hello ann, level 0/);
  assert.match(in_.headers.get('cache-control') ?? '', /no-store/);
  const opened = jar.cookies.get('session');
  const page = await jar.get('/');
  assert.equal(page.headers.get('cache-control'), 'no-store');
  assert.match((await submit(jar, page, 'Confirm')).text, /Hello ann, level 2/);
  assert.notEqual(jar.cookies.get('session'), opened);
  assert.deepEqual((await jar.get('/api/me')).body, { user: 'ann' });
  const out = await submit(jar, await jar.get('/'), 'Sign out');
  assert.deepEqual([out.status, out.headers.get('location'), jar.cookies.size], [303, '/', 0]);
  assert.equal((await jar.get('/api/me')).status, 401);
});

test('an action of the example that a page of another site posts changes nothing', async () => {
  const jar = new Jar(server.url);
  const start = await jar.get('/');
  const forged = { 'sec-fetch-site': 'cross-site' };
  const signIn = await submit(jar, start, 'Sign in', forged);
  assert.deepEqual([signIn.status, jar.cookies.size], [500, 0]);
  await submit(jar, start, 'Sign in');
  const page = await jar.get('/');
  const signOut = await submit(jar, page, 'Sign out', forged);
  assert.deepEqual([signOut.status, signOut.body.code], [403, 'CROSS_SITE_REQUEST']);
  assert.equal((await jar.get('/api/me')).status, 200);
});

test('without the service, pages and actions of the example get a 503', async () => {
  const jar = new Jar(server.url);
  const page = await submit(jar, await jar.get('/'), 'Sign in');
  sessions.takeAway();
  for (const away of [await jar.get('/'), await submit(jar, page, 'Sign out')]) {
    assert.deepEqual([away.status, away.headers.get('retry-after'), away.headers.getSetCookie()], [503, '5', []]);
  }
  sessions.bringBack();
  assert.match((await jar.get('/')).text, /Hello ann/);
});
