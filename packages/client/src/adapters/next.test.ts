import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import { answer, clientOf, problem, SESSION, TOKEN } from '../fixtures/scripted-fetch.ts';
import type { StartApp } from '../middleware/fixtures/app.ts';
import { listen } from '../middleware/fixtures/listen.ts';
import { runMiddlewareCases } from '../middleware/fixtures/suite.ts';
import { nextHandler } from './fixtures/next-app.ts';
import { requireSession, userSessions } from './next.ts';

/** The request that `headers` and `cookies` of Next find, and the cookies that its response sets. */
function requestWith(sent: Record<string, string> = {}) {
  const headers = new Headers({ host: 'app.example.com', ...sent });
  const set: { readonly name: string; readonly value: string; readonly attributes: object }[] = [];
  const store = { set: (name: string, value: string, attributes: object) => set.push({ name, value, attributes }) };
  return { set, request: { headers: async () => headers, cookies: async () => store } };
}

const startApp: StartApp = (options, mounts) => {
  const { headers, cookies } = requestWith().request;
  const handle = nextHandler({ userSessions, requireSession, headers, cookies }, { options, mounts });
  const catching = (request: Request) => handle(request).catch(() => new Response(null, { status: 500 }));
  return listen(createServer(getRequestListener(catching)));
};

// On the types of the platform. `npm run test:frameworks` runs the same cases in a built application of Next.
runMiddlewareCases('Next', startApp);

const OPENED = answer(201, { session: SESSION, token: TOKEN, evicted: [] });
const READ = answer(200, { active: true, session: SESSION, max_age: 60, age: 0 });
const NEXT_TOKEN = TOKEN.replaceAll('d', 'e');
const signedIn = { cookie: `__Host-session=${TOKEN}` };
const COOKIE = { path: '/', httpOnly: true, secure: true, sameSite: 'lax' };

test('Next: an action sets the cookie, and its page shows the session without a call', async () => {
  const { client, sent } = clientOf([OPENED]);
  const { set, request } = requestWith({ origin: 'https://app.example.com' });
  const sessions = userSessions({ client, ...request });
  const login = sessions.action((userSession, user_id: string) => userSession.login({ user_id }));
  assert.equal((await login('1')).session.id, SESSION.id);
  assert.deepEqual(set, [{ name: '__Host-session', value: TOKEN, attributes: COOKIE }]);
  assert.equal((await sessions.page()).required.id, SESSION.id);
  assert.equal(sent.length, 1);
});

test('Next: a rotation in an action replaces the cookie, one in a component nothing', async () => {
  const { client, sent } = clientOf([READ, READ, answer(200, { session: SESSION, token: NEXT_TOKEN })]);
  const shown = requestWith(signedIn);
  const page = await userSessions({ client, ...shown.request }).page();
  for (const call of [() => page.rotate(), () => page.logout(), () => page.login({ user_id: '1' })]) {
    await assert.rejects(call, { code: 'RESPONSE_BEGUN' });
  }
  assert.deepEqual([shown.set, sent.length], [[], 1]);
  const posted = requestWith(signedIn);
  await userSessions({ client, ...posted.request }).action((userSession) => userSession.rotate())();
  assert.deepEqual(posted.set, [{ name: '__Host-session', value: NEXT_TOKEN, attributes: COOKIE }]);
});

test('Next: all components of a request share one call of the service', async () => {
  const { client, sent } = clientOf([READ]);
  const sessions = userSessions({ client, ...requestWith(signedIn).request });
  const pages = await Promise.all([sessions.page(), sessions.page(), sessions.page()]);
  assert.deepEqual([pages.map(({ current }) => current?.id), sent.length], [[SESSION.id, SESSION.id, SESSION.id], 1]);
});

test('Next: an action that a page of another site posts does not run', async () => {
  const { client, sent } = clientOf([READ]);
  for (const forged of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
    const { set, request } = requestWith({ ...signedIn, ...forged });
    const sessions = userSessions({ client, ...request, cross_site_paths: ['/'] });
    let runs = 0;
    const action = sessions.action(() => {
      runs += 1;
    });
    await assert.rejects(action, { code: 'CROSS_SITE_REQUEST', status: 403 });
    assert.deepEqual([runs, set, sent], [0, [], []]);
  }
});

test('Next: without the service, actions and pages reject with 503, the cookie stays', async () => {
  const { client } = clientOf([problem(503, 'STORE_UNAVAILABLE')], { retries: 0 });
  const { set, request } = requestWith(signedIn);
  const sessions = userSessions({ client, ...request, onFault: () => {} });
  const away = {
    code: 'SESSIONS_UNAVAILABLE',
    status: 503,
    headers: { 'cache-control': 'no-store', 'retry-after': '5' },
  };
  await assert.rejects(sessions.page(), away);
  await assert.rejects(
    sessions.action(() => 'done'),
    away,
  );
  assert.deepEqual(set, []);
});

test('Next: an action and a route that redirect keep the cookie', async () => {
  const redirect = () => Promise.reject(new Error('NEXT_REDIRECT'));
  const { client } = clientOf([OPENED]);
  const { set, request } = requestWith();
  const sessions = userSessions({ client, ...request, cookie: { lifetime: 'persistent', same_site: 'Strict' } });
  await assert.rejects(sessions.action((session) => session.login({ user_id: '1' }).then(redirect))(), /NEXT_REDIRECT/);
  const route = sessions.route((session) => session.login({ user_id: '1' }).then(redirect));
  await assert.rejects(route(new Request('http://app.example.com/')), /NEXT_REDIRECT/);
  const attributes = { ...COOKIE, sameSite: 'strict', maxAge: 34_560_000 };
  const line = { name: '__Host-session', value: TOKEN, attributes };
  assert.deepEqual(set, [line, line]);
});

test('Next: the cookie of an ended session is cleared by an action, and left by a page', async () => {
  const { client } = clientOf([answer(200, { active: false, reason: 'closed' })]);
  const { set, request } = requestWith(signedIn);
  const sessions = userSessions({ client, ...request });
  assert.equal((await sessions.page()).current, null);
  assert.deepEqual(set, []);
  await sessions.action(() => {})();
  assert.deepEqual(set, [{ name: '__Host-session', value: '', attributes: { ...COOKIE, maxAge: 0 } }]);
});
