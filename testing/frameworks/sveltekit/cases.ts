import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { responseOf } from '../../../packages/client/src/adapters/fixtures/fetch-app.ts';
import type { requireSession, userSessions } from '../../../packages/client/src/adapters/sveltekit.ts';
import type { StartApp } from '../../../packages/client/src/middleware/fixtures/app.ts';
import { runMiddlewareCases } from '../../../packages/client/src/middleware/fixtures/suite.ts';
import { startSessions } from '../../../packages/client/src/middleware/fixtures/worlds.ts';
import type { UserSession } from '../../../packages/client/src/middleware/user-session.ts';
import { Jar } from '../../examples/jar.ts';
import { startApplication } from '../applications.ts';

type Handle = ReturnType<typeof userSessions>;
let hooks: readonly Handle[] | null = null;
let newHooks: (create: typeof userSessions) => readonly Handle[] = () => [];
Object.assign(globalThis, {
  cases: {
    handle(create: typeof userSessions): Handle {
      hooks ??= newHooks(create);
      return hooks.reduceRight((inner, outer) => ({ event, resolve }) => {
        return outer({ event, resolve: () => inner({ event, resolve }) });
      });
    },
    respond(request: Request, userSession: UserSession, guard: typeof requireSession) {
      return responseOf(request, userSession, (session, requirement) => {
        guard(session, requirement);
        return null;
      });
    },
  } satisfies { handle: unknown; respond: unknown },
});

const sessions = await startSessions('remote');
process.env.SESSIONS_URL = sessions.url;
const server = await startApplication('sveltekit', process.env.CASES_APP ?? '');
after(async () => {
  await server.stop();
  await sessions.stop();
});

const startApp: StartApp = async (options, mounts) => {
  hooks = null;
  newHooks = (create) => Array.from({ length: mounts }, () => create(options));
  return { url: server.url, stop: async () => {} };
};

runMiddlewareCases('SvelteKit', startApp);

const form = (fields: Record<string, string> = {}) => new URLSearchParams(fields);
const own = { origin: server.url, accept: 'text/html' };

test('the example of SvelteKit signs in and out by form actions', async () => {
  const jar = new Jar(server.url);
  const signedIn = await jar.post('/?/login', form({ user: 'ann' }), own);
  assert.deepEqual([signedIn.status, signedIn.headers.getSetCookie().length], [200, 1]);
  assert.equal(signedIn.headers.get('cache-control'), 'no-store');
  assert.match(signedIn.text, /Hello ann/);
  const page = await jar.get('/');
  assert.match(page.text, /Hello ann/);
  assert.equal(page.headers.get('cache-control'), 'no-store');
  assert.match((await jar.get('/account')).text, /Account of ann/);
  const data = await jar.get('/account/__data.json');
  assert.match(data.headers.get('cache-control') ?? '', /no-store/);
  const out = await jar.post('/?/logout', form(), own);
  assert.deepEqual([out.status, out.headers.get('location'), jar.cookies.size], [303, '/', 0]);
  assert.match((await jar.get('/')).text, /Sign in/);
});

test('a page of SvelteKit that needs a session shows the error page with 401', async () => {
  const jar = new Jar(server.url);
  const page = await jar.get('/account', { accept: 'text/html' });
  assert.deepEqual([page.status, page.headers.get('www-authenticate')], [401, 'Bearer']);
  assert.match(page.headers.get('content-type') ?? '', /html/);
  assert.match(page.text, /Sign in first/);
  for (const accept of ['*/*', 'text/html', 'application/json']) {
    const { status, headers, body } = await jar.get('/api/me', { accept });
    assert.deepEqual([status, headers.get('www-authenticate')], [401, 'Bearer'], accept);
    if (accept !== 'text/html') assert.equal(body.code, 'SESSION_REQUIRED');
  }
});

test('an enhanced form of SvelteKit gets the status of a rejection', async () => {
  sessions.takeAway();
  const enhanced = { ...own, accept: 'application/json', 'x-sveltekit-action': 'true' };
  const { body, headers } = await new Jar(server.url).post('/?/login', form({ user: 'ann' }), enhanced);
  assert.deepEqual([body.type, body.error?.status, body.error?.code], ['error', 503, 'SESSIONS_UNAVAILABLE']);
  assert.equal(headers.get('retry-after'), '5');
  sessions.bringBack();
});

test('a form of another site changes nothing in SvelteKit; an outage keeps the cookie', async () => {
  const jar = new Jar(server.url);
  await jar.post('/?/login', form({ user: 'ann' }), own);
  const forged = await jar.post('/?/logout', form(), { ...own, 'sec-fetch-site': 'cross-site' });
  assert.deepEqual([forged.status, forged.body.code], [403, 'CROSS_SITE_REQUEST']);
  sessions.takeAway();
  const away = await jar.get('/');
  assert.deepEqual([away.status, away.headers.get('retry-after'), away.headers.getSetCookie()], [503, '5', []]);
  const signIn = await new Jar(server.url).post('/?/login', form({ user: 'bob' }), own);
  assert.deepEqual([signIn.status, signIn.headers.get('retry-after')], [503, '5']);
  sessions.bringBack();
  assert.match((await jar.get('/')).text, /Hello ann/);
});
