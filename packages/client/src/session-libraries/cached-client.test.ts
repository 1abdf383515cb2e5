import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import express, { type Request, type Response } from 'express';
import session from 'express-session';
import { startTestServer } from '../../../../testing/http/test-server.ts';
import { createCachedSessionsClient } from '../index.ts';
import { Browser } from '../middleware/fixtures/browser.ts';
import { listen } from '../middleware/fixtures/listen.ts';
import { PipSessionsStore } from './express-session.ts';

/** An application with a cached client, and the requests that the service gets from it. */
async function startApp(url: string, requests: string[]) {
  const client = createCachedSessionsClient({
    url,
    fetch: async (to, init) => {
      const response = await fetch(to, init);
      if (!to.endsWith('/v2/changes')) requests.push(`${init?.method} ${new URL(to).pathname}`);
      return response;
    },
  });
  const app = express();
  const store = new PipSessionsStore({ client: client });
  app.use(session({ store, secret: 'not a secret', resave: false, saveUninitialized: false, name: 'sid' }));
  app.get('/login', (req: Request, res: Response) => {
    Object.assign(req.session, { userId: 'u' });
    res.json({});
  });
  app.get('/me', (req: Request, res: Response) => res.json({ user: Reflect.get(req.session, 'userId') ?? null }));
  const { url: address, stop } = await listen(createServer(app));
  return {
    address,
    client,
    stop: async () => {
      client.stop();
      await stop();
    },
  };
}

test('with the cached client a request causes no call, and sees a revocation', {
  timeout: 20_000,
}, async (t) => {
  const server = await startTestServer();
  t.after(server.stop);
  const requests: string[] = [];
  const app = await startApp(server.url, requests);
  t.after(app.stop);
  const restarted = await startApp(server.url, requests);
  t.after(restarted.stop);
  const browser = new Browser(app.address);
  await browser.get('/login');
  const again = new Browser(restarted.address);
  again.cookies = new Map(browser.cookies);
  // Before its first use is recorded, the session is not cacheable.
  server.clock.advance(1000);
  for (const [each, { client }] of [
    [browser, app],
    [again, restarted],
  ] as const) {
    while (!client.cacheStats().fresh) await each.get('/me');
    await each.get('/me');
    await each.get('/me');
    requests.length = 0;
    for (let n = 0; n < 3; n += 1) assert.deepEqual((await each.get('/me')).body, { user: 'u' });
    assert.deepEqual(requests, []);
  }
  await restarted.client.closeMany({ filter: { user_id: 'u' } });
  assert.deepEqual((await again.get('/me')).body, { user: null });
});
