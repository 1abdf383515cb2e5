import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { type LoginBody, ROUTES, type StartApp, streamedResponse } from '../middleware/fixtures/app.ts';
import { listen } from '../middleware/fixtures/listen.ts';
import { runMiddlewareCases } from '../middleware/fixtures/suite.ts';
import { startSessions } from '../middleware/fixtures/worlds.ts';
import { requireSession, type UserSessionEnv, userSessions } from './hono.ts';

const startApp: StartApp = (options, mounts) => {
  const app = new Hono<UserSessionEnv>();
  app.onError((error, c) => ('getResponse' in error ? error.getResponse() : c.text('The handler failed.', 500)));
  for (let mount = 0; mount < mounts; mount += 1) app.use(userSessions(options));
  for (const route of ROUTES) {
    const { method, path, guard, headers, isStreamed, run } = route;
    if (guard) app.use(path, requireSession(guard));
    app[method](path, async (c) => {
      const body = (method === 'post' ? await c.req.json() : {}) as LoginBody;
      if (isStreamed) return streamedResponse(route, c.var.userSession, body);
      const answer = await run(c.var.userSession, body);
      c.header('x-host', c.req.header('host'));
      for (const [name, value] of Object.entries(headers ?? {})) c.header(name, value);
      return c.json(answer ?? {});
    });
  }
  return listen(createServer(getRequestListener(app.fetch)));
};

runMiddlewareCases('Hono', startApp);

test('Hono: a fetched response gets the cookie too, and its headers only once', async (t) => {
  const sessions = await startSessions('embedded');
  t.after(sessions.stop);
  const app = new Hono<UserSessionEnv>();
  app.use(userSessions({ client: sessions.client }));
  app.get('/', async (c) => {
    await c.var.userSession.login({ user_id: 'u' });
    return fetch('data:text/plain,hello');
  });
  const { url, stop } = await listen(createServer(getRequestListener(app.fetch)));
  t.after(stop);
  const response = await fetch(url);
  assert.equal(await response.text(), 'hello');
  assert.equal(response.headers.getSetCookie().length, 1);
  assert.equal(response.headers.get('content-type'), 'text/plain');
});

test('Hono: a guard without userSessions before it rejects every request', async () => {
  const app = new Hono<UserSessionEnv>();
  app.onError((_error, c) => c.text('The handler failed.', 500));
  app.get('/me', requireSession(), (c) => c.text('in'));
  assert.equal((await app.request('/me')).status, 500);
});
