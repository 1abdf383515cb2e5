import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import { answer, clientOf, SESSION, TOKEN } from '../fixtures/scripted-fetch.ts';
import { type LoginBody, ROUTES, type StartApp, streamedResponse } from '../middleware/fixtures/app.ts';
import { listen } from '../middleware/fixtures/listen.ts';
import { runMiddlewareCases } from '../middleware/fixtures/suite.ts';
import { requireSession, SessionRejection, userSessions } from './fetch.ts';

const startApp: StartApp = (options, mounts) => {
  const enter = userSessions(options);

  async function handle(request: Request, mount = 1): Promise<Response> {
    const { rejection, userSession, respond } = await enter(request);
    if (rejection) return rejection;
    if (mount < mounts) return respond(await handle(request, mount + 1));
    const { pathname, host } = new URL(request.url);
    const route = ROUTES.find(({ path }) => path === pathname);
    if (!route) return new Response(null, { status: 404 });
    const insufficient = route.guard && requireSession(userSession, route.guard);
    if (insufficient) return respond(insufficient);
    const headers = { 'x-host': host, ...route.headers };
    try {
      const body = (request.method === 'POST' ? await request.json() : {}) as LoginBody;
      if (route.isStreamed) return respond(streamedResponse(route, userSession, body));
      return respond(Response.json((await route.run(userSession, body)) ?? {}, { headers }));
    } catch (error) {
      return respond(error instanceof SessionRejection ? error.getResponse() : new Response(null, { status: 500 }));
    }
  }

  return listen(createServer(getRequestListener((request) => handle(request))));
};

runMiddlewareCases('fetch', startApp);

test('fetch: a shared response does not carry the cookie of one user', async () => {
  const { client } = clientOf([answer(201, { session: SESSION, token: TOKEN, evicted: [] })]);
  const shared = new Response('hello');
  const { userSession, respond } = await userSessions({ client })(new Request('http://service/'));
  assert.ok(userSession);
  await userSession.login({ user_id: '1' });
  assert.equal(respond(shared).headers.getSetCookie().length, 1);
  assert.deepEqual(shared.headers.getSetCookie(), []);
});

test('fetch: the host comes from the Host header, not from the URL of the request', async () => {
  const { client, sent } = clientOf([answer(201, { session: SESSION, token: TOKEN, evicted: [] })]);
  const own = { host: 'app.example.com', origin: 'https://app.example.com' };
  const request = () => new Request('http://localhost:3000/login', { method: 'POST', headers: own });
  const { userSession } = await userSessions({ client })(request());
  await userSession?.login({ user_id: '1' });
  assert.equal(sent.length, 1);
  const developing = await userSessions({ client, development: true })(request());
  await assert.rejects(async () => developing.userSession?.login({ user_id: '1' }), /for loopback addresses only/);
  assert.equal(sent.length, 1);
});

test('fetch: a cookie that another mount sets for a copy of the request is not cleared', async () => {
  const { client } = clientOf([answer(200, { active: false, reason: 'closed' })]);
  const headers = { cookie: `__Host-session=${TOKEN}` };
  const { respond } = await userSessions({ client })(new Request('http://service/', { headers }));
  const lines = ['a=1', `__Host-session=${TOKEN.replaceAll('d', 'e')}; Path=/`, '__Host-session=of-another; Path=/'];
  const response = new Response('', { headers: lines.map((line): [string, string] => ['set-cookie', line]) });
  assert.deepEqual(respond?.(response).headers.getSetCookie(), lines);
});

test('fetch: a request that is handled again gets a new exchange', async () => {
  const { client } = clientOf([answer(201, { session: SESSION, token: TOKEN, evicted: [] })]);
  const request = new Request('http://service/');
  for (let round = 0; round < 2; round += 1) {
    const { userSession, respond } = await userSessions({ client })(request);
    assert.equal(userSession?.current, null);
    await userSession?.login({ user_id: '1' });
    assert.equal(respond?.(new Response()).headers.getSetCookie().length, 1);
    await assert.rejects(async () => userSession?.login({ user_id: '1' }), { code: 'RESPONSE_BEGUN' });
  }
});
