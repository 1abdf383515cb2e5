import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { createRequestHandler, redirect, type ServerBuild, ServerRouter } from 'react-router';
import { answer, clientOf, problem, SESSION, TOKEN } from '../fixtures/scripted-fetch.ts';
import { type LoginBody, ROUTES, type StartApp, streamedResponse } from '../middleware/fixtures/app.ts';
import { listen } from '../middleware/fixtures/listen.ts';
import { runMiddlewareCases } from '../middleware/fixtures/suite.ts';
import { requireSession, userSessionContext, userSessions } from './react-router.ts';

type Module = NonNullable<ServerBuild['routes'][string]>['module'];
type Args = Parameters<Extract<Module['loader'], (...input: never[]) => unknown>>[0];

const Page = () => createElement('p', null, 'page');
const ErrorPage = () => createElement('p', null, 'error page');

/** The build of an application, as the compiler of React Router writes it. */
function buildOf(root: Partial<Module>, routes: Readonly<Record<string, Partial<Module>>>): ServerBuild {
  const entries = Object.entries(routes).map(([path, module]) => [
    path,
    { id: path, parentId: 'root', path: path.slice(1), module },
  ]);
  return {
    entry: {
      module: {
        default: (request: Request, status: number, headers: Headers, context: never) => {
          const html = renderToString(createElement(ServerRouter, { context, url: request.url }));
          headers.set('content-type', 'text/html');
          return new Response(html, { status, headers });
        },
        handleError: () => {},
      },
    },
    routes: { root: { id: 'root', path: '', module: { default: Page, ...root } }, ...Object.fromEntries(entries) },
    assets: { entry: { imports: [], module: '' }, routes: {}, url: '', version: '' },
    assetsBuildDirectory: '',
    basename: '/',
    publicPath: '/',
    future: {},
    isSpaMode: false,
    prerender: [],
    ssr: true,
    routeDiscovery: { mode: 'initial' },
  } as unknown as ServerBuild;
}

const startApp: StartApp = (options, mounts) => {
  const routes = ROUTES.map((route): [string, Partial<Module>] => {
    const handle = async ({ request, context }: Args) => {
      const userSession = context.get(userSessionContext);
      const body = (request.method === 'POST' ? await request.json() : {}) as LoginBody;
      if (route.isStreamed) return streamedResponse(route, userSession, body);
      const headers = { 'x-host': request.headers.get('host') ?? '', ...route.headers };
      return Response.json((await route.run(userSession, body)) ?? {}, { headers });
    };
    const middleware = route.guard ? [requireSession(route.guard)] : [];
    return [route.path, { loader: handle, action: handle, middleware } as Partial<Module>];
  });
  const middleware = Array.from({ length: mounts }, () => userSessions(options));
  const build = buildOf({ middleware } as Partial<Module>, Object.fromEntries(routes));
  const handle = createRequestHandler(build, 'production');
  return listen(createServer(getRequestListener((request) => handle(request))));
};

runMiddlewareCases('React Router', startApp);

test('React Router: pages, redirects and errors get the cookie and no-store', async () => {
  const login = async ({ context }: Args) => context.get(userSessionContext).login({ user_id: '1' });
  const pages: Readonly<Record<string, Partial<Module>>> = {
    '/page': { default: Page, action: (args: Args) => login(args).then(() => null) },
    '/redirect': { default: Page, action: (args: Args) => login(args).then(() => redirect('/page')) },
    '/thrown': { default: Page, action: (args: Args) => login(args).then(() => Promise.reject(redirect('/page'))) },
    '/error': { default: Page, action: (args: Args) => login(args).then(() => Promise.reject(new Error('failed'))) },
    '/required': { default: Page, loader: ({ context }: Args) => context.get(userSessionContext).required.id },
  } as Readonly<Record<string, Partial<Module>>>;
  const appOf = (replies: Parameters<typeof clientOf>[0]) => {
    const { client } = clientOf(replies, { retries: 0 });
    const root = {
      ErrorBoundary: ErrorPage,
      middleware: [userSessions({ client, onFault: () => {} })],
    } as Partial<Module>;
    return createRequestHandler(buildOf(root, pages), 'production');
  };
  const post = (path: string) => new Request(`http://app${path}`, { method: 'POST', body: new URLSearchParams() });
  const opened = appOf([answer(201, { session: SESSION, token: TOKEN, evicted: [] })]);
  for (const [path, status] of [
    ['/page', 200],
    ['/redirect', 302],
    ['/thrown', 302],
    ['/error', 500],
  ] as const) {
    const response = await opened(post(path));
    assert.deepEqual([response.status, response.headers.getSetCookie().length], [status, 1], path);
    assert.equal(response.headers.get('cache-control'), 'no-store', path);
  }
  const required = await opened(new Request('http://app/required'));
  assert.deepEqual([required.status, required.headers.get('www-authenticate')], [401, 'Bearer']);
  assert.equal(required.headers.get('content-type'), 'text/html');
  const away = await appOf([problem(503, 'STORE_UNAVAILABLE')])(post('/page'));
  assert.deepEqual([away.status, away.headers.get('retry-after'), away.headers.getSetCookie()], [503, '5', []]);
});
