import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import { requireSession, SessionRefusal, userSessions } from './fetch.ts';
import { answer, clientOf, SESSION, TOKEN } from './fixtures/scripted-fetch.ts';
import { type LoginBody, ROUTES, type StartApp } from './middleware/fixtures/app.ts';
import { listen } from './middleware/fixtures/listen.ts';
import { runMiddlewareCases } from './middleware/fixtures/suite.ts';

const startApp: StartApp = (options) => {
  const enter = userSessions(options);

  async function handle(request: Request): Promise<Response> {
    const { refused, userSession, respond } = await enter(request);
    if (refused) return refused;
    const { pathname, host } = new URL(request.url);
    const route = ROUTES.find(({ path }) => path === pathname);
    if (!route) return new Response(null, { status: 404 });
    const refusal = route.guard && requireSession(userSession, route.guard);
    if (refusal) return respond(refusal);
    const headers = { 'x-host': host, ...route.headers };
    try {
      const body = (request.method === 'POST' ? await request.json() : {}) as LoginBody;
      return respond(Response.json((await route.run(userSession, body)) ?? {}, { headers }));
    } catch (error) {
      return respond(error instanceof SessionRefusal ? error.getResponse() : new Response(null, { status: 500 }));
    }
  }

  return listen(createServer(getRequestListener(handle)));
};

runMiddlewareCases('fetch', startApp);

test('fetch: an answer that a handler gives to everyone takes no cookie of one user along', async () => {
  const { client } = clientOf([answer(201, { session: SESSION, token: TOKEN, evicted: [] })]);
  const shared = new Response('hello');
  const { userSession, respond } = await userSessions({ client })(new Request('http://service/'));
  assert.ok(userSession);
  await userSession.login({ user_id: '1' });
  assert.equal(respond(shared).headers.getSetCookie().length, 1);
  assert.deepEqual(shared.headers.getSetCookie(), []);
});
