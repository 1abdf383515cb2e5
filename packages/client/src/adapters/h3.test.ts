import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { H3, HTTPResponse, redirect, toNodeHandler } from 'h3';
import * as v1 from 'h3-v1';
import { answer, clientOf, SESSION, TOKEN } from '../fixtures/scripted-fetch.ts';
import {
  type AppRoute,
  type LoginBody,
  ROUTES,
  type StartApp,
  streamedResponse,
  textOf,
} from '../middleware/fixtures/app.ts';
import { listen } from '../middleware/fixtures/listen.ts';
import { runMiddlewareCases } from '../middleware/fixtures/suite.ts';
import type { UserSession } from '../middleware/user-session.ts';
import { rejectionOf, requireSession, sendRejection, userSessions } from './h3.ts';

const run = async (route: AppRoute, userSession: UserSession, body: LoginBody) =>
  (await route.run(userSession, body)) ?? {};

const startVersion2: StartApp = (options, mounts) => {
  const app = new H3({ silent: true });
  for (let mount = 0; mount < mounts; mount += 1) app.use(userSessions(options));
  for (const route of ROUTES) {
    if (route.guard) app.use(route.path, requireSession(route.guard));
    app[route.method](route.path, async ({ req, res, context }) => {
      res.headers.set('x-host', req.headers.get('host') ?? '');
      for (const [name, value] of Object.entries(route.headers ?? {})) res.headers.set(name, value);
      const body = req.method === 'POST' ? ((await req.json()) as LoginBody) : noBody;
      return route.isStreamed
        ? streamedResponse(route, context.userSession, body)
        : run(route, context.userSession, body);
    });
  }
  return listen(createServer(toNodeHandler(app)));
};

const startVersion1: StartApp = (options, mounts) => {
  const app = v1.createApp({
    onError: (error, event) => {
      const rejection = rejectionOf(error.cause ?? error);
      if (rejection) sendRejection(event, rejection);
    },
  });
  for (let mount = 0; mount < mounts; mount += 1) app.use(v1.eventHandler(userSessions(options)));
  const router = v1.createRouter();
  for (const route of ROUTES) {
    if (route.guard) app.use(route.path, v1.eventHandler(requireSession(route.guard)));
    router[route.method](
      route.path,
      v1.eventHandler(async (event) => {
        v1.setResponseHeader(event, 'x-host', event.headers.get('host') ?? '');
        for (const [name, value] of Object.entries(route.headers ?? {}))
          v1.setResponseHeader(event, name as 'etag', value);
        const { userSession } = event.context as { readonly userSession: UserSession };
        const body = event.method === 'POST' ? await v1.readBody<LoginBody>(event) : noBody;
        if (!route.isStreamed) return run(route, userSession, body);
        v1.setResponseHeader(event, 'content-type', 'application/json');
        event.node.res.flushHeaders();
        event.node.res.end(await textOf(route, userSession, body));
        return undefined;
      }),
    );
  }
  app.use(router);
  return listen(createServer(v1.toNodeListener(app)));
};

const noBody = {} as LoginBody;

runMiddlewareCases('H3 2', startVersion2);
runMiddlewareCases('H3 1', startVersion1);

test('H3 2: every kind of value gets the cookie once, and is not cached', async (t) => {
  const { client } = clientOf([answer(201, { session: SESSION, token: TOKEN, evicted: [] })]);
  const stored = { 'cdn-cache-control': 'max-age=60', 'cache-control': 'public' };
  const values: Record<string, () => unknown> = {
    json: () => ({}),
    none: () => null,
    redirect: () => redirect('/'),
    response: () => new Response('hello', { headers: stored }),
    missing: () => new Response(null, { status: 404, headers: stored }),
    http: () => new HTTPResponse('hello', { headers: stored }),
    stream: () => new Response('hello').body,
    error: () => {
      throw new Error('the handler failed');
    },
  };
  const app = new H3({ silent: true }).use(userSessions({ client }));
  for (const [name, value] of Object.entries(values)) {
    app.post(`/${name}`, async ({ context, res }) => {
      await context.userSession.login({ user_id: '1' });
      res.headers.append('set-cookie', 'theme=dark');
      res.headers.set('surrogate-control', 'max-age=60');
      return value();
    });
  }
  const { url, stop } = await listen(createServer(toNodeHandler(app)));
  t.after(stop);
  for (const name of Object.keys(values)) {
    const { headers, status } = await fetch(`${url}/${name}`, { method: 'POST', redirect: 'manual' });
    const theme = status < 400 ? ['theme=dark'] : [];
    assert.deepEqual(
      headers.getSetCookie(),
      [...theme, `__Host-session=${TOKEN}; Path=/; HttpOnly; Secure; SameSite=Lax`],
      name,
    );
    const caching = ['cdn-cache-control', 'surrogate-control'].filter((header) => headers.has(header));
    assert.deepEqual([headers.get('cache-control'), caching], ['no-store', []], name);
  }
});

test('H3 2.0.1-rc, of Nitro 3: a value gets the cookie also without errHeaders', async (t) => {
  const { client } = clientOf([answer(201, { session: SESSION, token: TOKEN, evicted: [] })]);
  const app = new H3({ silent: true });
  app.use(({ res }) => void Object.defineProperty(res, 'errHeaders', { value: undefined }));
  app.use(userSessions({ client }));
  for (const [path, value] of Object.entries({ json: {}, none: null, response: new Response('hello') })) {
    app.post(`/${path}`, async ({ context }) => {
      await context.userSession.login({ user_id: '1' });
      return value;
    });
  }
  const { url, stop } = await listen(createServer(toNodeHandler(app)));
  t.after(stop);
  for (const path of ['json', 'none', 'response']) {
    const { status, headers } = await fetch(`${url}/${path}`, { method: 'POST' });
    assert.deepEqual([status, headers.getSetCookie().length, headers.get('cache-control')], [200, 1, 'no-store'], path);
  }
});

test('H3: a guard without userSessions before it rejects every request', async (t) => {
  const app = new H3({ silent: true }).use(requireSession()).get('/', () => 'in');
  const { url, stop } = await listen(createServer(toNodeHandler(app)));
  t.after(stop);
  assert.equal((await fetch(url)).status, 500);
});
