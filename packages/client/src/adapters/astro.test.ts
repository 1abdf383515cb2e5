import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import { clientOf, refused, TOKEN } from '../fixtures/scripted-fetch.ts';
import type { StartApp } from '../middleware/fixtures/app.ts';
import { listen } from '../middleware/fixtures/listen.ts';
import { runMiddlewareCases } from '../middleware/fixtures/suite.ts';
import type { UserSession } from '../middleware/user-session.ts';
import { requireSession, type SessionContext, userSessions } from './astro.ts';
import { responseOf } from './fixtures/fetch-app.ts';

const contextOf = (request: Request, isPrerendered = false) => ({
  request,
  url: new URL(request.url),
  locals: {} as { readonly userSession: UserSession },
  isPrerendered,
});

const startApp: StartApp = (options, mounts) => {
  const handles = Array.from({ length: mounts }, () => userSessions(options));
  async function respond(request: Request): Promise<Response> {
    const context = contextOf(request);
    const run = (at: number): Promise<Response> =>
      handles[at]?.(context satisfies SessionContext, () => run(at + 1)) ??
      responseOf(request, context.locals.userSession, requireSession);
    return run(0).catch(() => new Response(null, { status: 500 }));
  }
  return listen(createServer(getRequestListener(respond)));
};

// On the types of the platform. `npm run test:frameworks` runs the same cases in a built application of Astro.
runMiddlewareCases('Astro', startApp);

test('Astro: a page that is built in advance has no session and causes no call', async () => {
  const { client, sent } = clientOf([refused]);
  const context = contextOf(new Request('http://app/', { headers: { cookie: `__Host-session=${TOKEN}` } }), true);
  const response = await userSessions({ client })(context, async () => new Response('page'));
  assert.deepEqual([response.status, context.locals.userSession.current, sent], [200, null, []]);
});
