import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { H3Event } from 'h3';
import type { NodeEvent, requireSession, userSessions, WebEvent } from '../../../packages/client/src/adapters/h3.ts';
import {
  type LoginBody,
  ROUTES,
  type StartApp,
  streamedResponse,
} from '../../../packages/client/src/middleware/fixtures/app.ts';
import { runMiddlewareCases } from '../../../packages/client/src/middleware/fixtures/suite.ts';
import { startSessions } from '../../../packages/client/src/middleware/fixtures/worlds.ts';
import { Jar } from '../../examples/jar.ts';
import { startApplication } from '../applications.ts';

type Middleware = ReturnType<typeof userSessions>;
let mounted: Middleware | null = null;
let newMiddleware: (create: typeof userSessions) => Middleware[] = () => [];
Object.assign(globalThis, {
  cases: {
    middleware(create: typeof userSessions): Middleware {
      mounted ??= newMiddleware(create).reduceRight((inner, outer) => {
        return Object.assign(
          (event: WebEvent | NodeEvent, next?: () => unknown) => outer(event, () => inner(event, next)),
          outer,
        );
      });
      return mounted;
    },
    async respond(event: H3Event, guard: typeof requireSession): Promise<unknown> {
      const { req, res, context } = event;
      const route = ROUTES.find(
        ({ method, path }) => method.toUpperCase() === req.method && path === event.url.pathname,
      );
      if (!route) return new Response('no such route', { status: 404 });
      const rejection = route.guard && guard(route.guard)(event, () => {});
      if (rejection) return rejection;
      res.headers.set('x-host', req.headers.get('host') ?? '');
      for (const [name, value] of Object.entries(route.headers ?? {})) res.headers.set(name, value);
      const body = (req.method === 'POST' ? await req.json() : {}) as LoginBody;
      if (route.isStreamed) return streamedResponse(route, context.userSession, body);
      return (await route.run(context.userSession, body)) ?? {};
    },
  },
});

// The example calls this service. The route of the cases has the service of its case.
const sessions = await startSessions('remote');
process.env.SESSIONS_URL = sessions.url;
const server = await startApplication('nitro', process.env.CASES_APP ?? '');
after(async () => {
  await server.stop();
  await sessions.stop();
});

const startApp: StartApp = async (options, mounts) => {
  mounted = null;
  newMiddleware = (create) => Array.from({ length: mounts }, () => create(options));
  return { url: server.url, stop: async () => {} };
};

runMiddlewareCases('Nitro', startApp);

const ann = new URLSearchParams({ user: 'ann' });

test('the example of Nitro signs in and out, and needs a second factor for payments', async () => {
  const jar = new Jar(server.url, { 'user-agent': 'Laptop' });
  assert.equal((await jar.get('/api/me')).body.code, 'SESSION_REQUIRED');
  const signedIn = await jar.post('/api/login', ann);
  assert.deepEqual([signedIn.status, signedIn.headers.get('cache-control')], [200, 'no-store']);
  assert.deepEqual((await jar.get('/api/me')).body, { user: 'ann' });
  assert.partialDeepStrictEqual((await jar.get('/api/devices')).body, [{ client: 'Laptop', here: true }]);
  assert.equal((await jar.post('/api/payments')).body.code, 'STEP_UP_REQUIRED');
  assert.deepEqual((await jar.post('/api/second-factor')).body, { level: 2 });
  assert.deepEqual((await jar.post('/api/payments')).body, { paid: true });
  await jar.post('/api/logout');
  assert.equal(jar.cookies.size, 0);
});

test('a rejection that a handler of Nitro throws gets its response', async () => {
  const { status, headers, body } = await new Jar(server.url).get('/api/devices');
  assert.deepEqual([status, headers.get('www-authenticate'), body.code], [401, 'Bearer', 'SESSION_REQUIRED']);
});

test('a form of another site changes nothing in Nitro, and an outage keeps the cookie', async () => {
  const jar = new Jar(server.url);
  await jar.post('/api/login', ann);
  const forged = await jar.post('/api/logout', {}, { 'sec-fetch-site': 'cross-site' });
  assert.deepEqual([forged.status, forged.body.code], [403, 'CROSS_SITE_REQUEST']);
  sessions.takeAway();
  const away = await jar.get('/api/me');
  assert.deepEqual([away.status, away.headers.get('retry-after'), away.headers.getSetCookie()], [503, '5', []]);
  const signIn = await new Jar(server.url).post('/api/login', ann);
  assert.deepEqual([signIn.status, signIn.headers.get('retry-after')], [503, '5']);
  sessions.bringBack();
  assert.deepEqual((await jar.get('/api/me')).body, { user: 'ann' });
});
