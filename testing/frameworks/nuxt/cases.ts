import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { NodeEvent, requireSession, userSessions } from '../../../packages/client/src/adapters/h3.ts';
import {
  type AppRoute,
  type LoginBody,
  ROUTES,
  type StartApp,
  textOf,
} from '../../../packages/client/src/middleware/fixtures/app.ts';
import { runMiddlewareCases } from '../../../packages/client/src/middleware/fixtures/suite.ts';
import { startSessions } from '../../../packages/client/src/middleware/fixtures/worlds.ts';
import type { UserSession } from '../../../packages/client/src/middleware/user-session.ts';
import { Jar } from '../../examples/jar.ts';
import { startApplication } from '../applications.ts';

/** The properties of an event of H3 1 that the cases use. */
interface H3Event extends NodeEvent {
  readonly method: string;
  readonly path: string;
  readonly handled: boolean;
}

type Middleware = ReturnType<typeof userSessions>;
let mounted: readonly Middleware[] | null = null;
let newMiddleware: (create: typeof userSessions) => readonly Middleware[] = () => [];

function routeOf({ method, path }: H3Event): AppRoute | undefined {
  return ROUTES.find((route) => route.method.toUpperCase() === method && route.path === path.split('?')[0]);
}

Object.assign(globalThis, {
  cases: {
    has: (event: H3Event) => routeOf(event) !== undefined,
    enter: (create: typeof userSessions) => async (event: H3Event) => {
      mounted ??= newMiddleware(create);
      for (const each of mounted) if (!event.handled) await each(event);
    },
    async respond(event: H3Event, guard: typeof requireSession, body: LoginBody): Promise<unknown> {
      const route = routeOf(event);
      if (!route) throw new Error('no such route');
      if (route.guard) guard(route.guard)(event);
      if (event.handled) return undefined;
      const { req, res } = event.node;
      res.setHeader('x-host', req.headers.host ?? '');
      for (const [name, value] of Object.entries(route.headers ?? {})) res.setHeader(name, value);
      const { userSession } = event.context as unknown as { readonly userSession: UserSession };
      if (!route.isStreamed) return (await route.run(userSession, body)) ?? {};
      res.setHeader('content-type', 'application/json');
      res.flushHeaders();
      res.end(await textOf(route, userSession, body));
      return undefined;
    },
  },
});

// The example calls this service. The routes of the cases have the service of their case.
const sessions = await startSessions('remote');
process.env.SESSIONS_URL = sessions.url;
const server = await startApplication('nuxt', process.env.CASES_APP ?? '');
after(async () => {
  await server.stop();
  await sessions.stop();
});

const startApp: StartApp = async (options, mounts) => {
  mounted = null;
  newMiddleware = (create) => Array.from({ length: mounts }, () => create(options));
  return { url: server.url, stop: async () => {} };
};

runMiddlewareCases('Nuxt', startApp);

const form = (fields: Record<string, string> = {}) => new URLSearchParams(fields);

test('the example of Nuxt signs in and out, and its page shows the user', async () => {
  const jar = new Jar(server.url, { 'user-agent': 'Laptop' });
  const signedIn = await jar.post('/api/login', form({ user: 'ann' }));
  assert.deepEqual([signedIn.status, signedIn.headers.get('location')], [303, '/']);
  assert.equal(signedIn.headers.get('cache-control'), 'no-store');
  const page = await jar.get('/');
  assert.match(page.text, /Hello ann, level 0/);
  assert.match(page.text, /Laptop/);
  assert.equal(page.headers.get('cache-control'), 'no-store');
  assert.equal((await jar.post('/api/pay')).body.code, 'STEP_UP_REQUIRED');
  await jar.post('/api/confirm');
  assert.equal((await jar.post('/api/pay')).headers.get('location'), '/?note=Paid');
  await jar.post('/api/logout');
  assert.equal(jar.cookies.size, 0);
  assert.match((await jar.get('/')).text, /Sign in/);
});

test('a rejection that a handler of Nuxt throws gets its response', async () => {
  for (const accept of ['application/json', 'text/html']) {
    const { status, headers, body } = await new Jar(server.url).get('/api/me', { accept });
    assert.deepEqual(
      [status, headers.get('www-authenticate'), body?.code],
      [401, 'Bearer', 'SESSION_REQUIRED'],
      accept,
    );
  }
});

test('a form of another site changes nothing in Nuxt, and an outage keeps the cookie', async () => {
  const jar = new Jar(server.url);
  await jar.post('/api/login', form({ user: 'ann' }));
  const forged = await jar.post('/api/logout', form(), { 'sec-fetch-site': 'cross-site' });
  assert.deepEqual([forged.status, forged.body.code], [403, 'CROSS_SITE_REQUEST']);
  sessions.takeAway();
  const away = await jar.get('/');
  assert.deepEqual([away.status, away.headers.get('retry-after'), away.headers.getSetCookie()], [503, '5', []]);
  const signIn = await new Jar(server.url).post('/api/login', form({ user: 'bob' }));
  assert.deepEqual([signIn.status, signIn.headers.get('retry-after')], [503, '5']);
  sessions.bringBack();
  assert.match((await jar.get('/')).text, /Hello ann/);
});
