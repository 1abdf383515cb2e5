import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import { clientOf, problem, TOKEN } from '../fixtures/scripted-fetch.ts';
import type { StartApp } from '../middleware/fixtures/app.ts';
import { listen } from '../middleware/fixtures/listen.ts';
import { runMiddlewareCases } from '../middleware/fixtures/suite.ts';
import type { UserSession } from '../middleware/user-session.ts';
import { responseOf } from './fixtures/fetch-app.ts';
import { requireSession, type SessionEvent, sessionErrors, userSessions } from './sveltekit.ts';

const handleError = sessionErrors(({ error }) => ({ status: 500, message: String(error), code: '' }));

/** The response of SvelteKit to the request of an endpoint: errors become JSON. */
async function resolve(event: SessionEvent): Promise<Response> {
  const { request, locals } = event;
  try {
    const { userSession } = locals as { readonly userSession: UserSession };
    return await responseOf(request, userSession, (session, requirement) => {
      requireSession(session, requirement);
      return null;
    });
  } catch (error) {
    const body = handleError({ error, event });
    return Response.json(body, { status: body?.status ?? 500 });
  }
}

const startApp: StartApp = (options, mounts) => {
  let chain = resolve;
  for (let mount = 0; mount < mounts; mount += 1) {
    const [handle, inner] = [userSessions(options), chain];
    chain = (event) => handle({ event, resolve: inner });
  }
  return listen(createServer(getRequestListener((request) => chain({ request, locals: {} }))));
};

// On the types of the platform. `npm run test:frameworks` runs the same cases in a built application of SvelteKit.
runMiddlewareCases('SvelteKit', startApp);

test('SvelteKit: its own pages get a rejection in their form, with its status', async () => {
  const { client } = clientOf([problem(503, 'STORE_UNAVAILABLE')], { retries: 0 });
  const handle = userSessions({ client, onFault: () => {} });
  const post = (headers: Record<string, string>) => new Request('http://app/', { method: 'POST', headers });
  const own: readonly SessionEvent[] = [
    { request: post({}), locals: {}, isDataRequest: true },
    { request: post({}), locals: {}, isRemoteRequest: true },
    { request: post({ 'x-sveltekit-action': 'true' }), locals: {} },
  ];
  const form = async (event: SessionEvent) => {
    const { userSession } = event.locals as { readonly userSession: UserSession };
    const error = await userSession.login({ user_id: '1' }).catch((thrown: unknown) => thrown);
    return Response.json({ type: 'error', error: handleError({ error, event }) });
  };
  for (const event of own) {
    const response = await handle({ event, resolve: form });
    assert.equal(response.headers.get('retry-after'), '5');
    const { type, error } = JSON.parse(await response.text());
    assert.deepEqual([type, error.status, error.code], ['error', 503, 'SESSIONS_UNAVAILABLE']);
  }
  const before = {
    request: new Request('http://app/', { headers: { cookie: `__Host-session=${TOKEN}` } }),
    locals: {},
  };
  assert.equal((await handle({ event: before, resolve: form })).status, 503);
});
