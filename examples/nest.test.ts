import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { createSessionsClient } from '@pip-sessions/client';
import { userSessions } from '@pip-sessions/client/express';
import { listen } from '../packages/client/src/middleware/fixtures/listen.ts';
import { startMemoryService } from '../testing/examples/example.ts';
import { SessionErrorsFilter, SessionGuard } from './nest.ts';

/** Calls the guard and the filter in the order of Nest, with its own filter as the last one. */
async function startApp(t: TestContext, url: string, handle: () => Promise<unknown>) {
  const enter = userSessions({ client: createSessionsClient({ url }), development: true });
  const filter = new SessionErrorsFilter({
    catch: (_, host) => host.switchToHttp().getResponse().writeHead(500).end(),
  });
  const app = await listen(
    createServer((request: IncomingMessage, response: ServerResponse) => {
      const context = { switchToHttp: () => ({ getRequest: () => request, getResponse: () => response }) };
      enter(request, response, async () => {
        try {
          if (new SessionGuard().canActivate(context)) response.end(JSON.stringify(await handle()));
        } catch (error) {
          filter.catch(error, context);
        }
      });
    }),
  );
  t.after(app.stop);
  return app.url;
}

test('the guard for Nest needs a session; the filter responds to rejections and faults', async (t) => {
  const { url } = await startMemoryService(t);
  const client = createSessionsClient({ url });
  const { token } = await client.open({ user_id: 'ann' });
  let handle: () => Promise<unknown> = async () => ({});
  const app = await startApp(t, url, () => handle());
  const headers = { cookie: `session=${token}` };
  assert.equal((await fetch(app, { headers })).status, 200);
  const rejection = await fetch(app);
  assert.deepEqual([rejection.status, rejection.headers.get('www-authenticate')], [401, 'Bearer']);
  handle = () => createSessionsClient({ url: 'http://127.0.0.1:1', retries: 0 }).stats();
  const away = await fetch(app, { headers });
  assert.deepEqual([away.status, away.headers.get('retry-after')], [503, '5']);
  handle = () => client.touch('0'.repeat(36));
  assert.equal((await fetch(app, { headers })).status, 500);
});
