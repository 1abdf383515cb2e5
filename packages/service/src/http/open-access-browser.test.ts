import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { skip, startChromium } from '../../../../testing/browser/chromium.ts';
import { startTestServer } from '../../../../testing/http/test-server.ts';

/** Tests of the requests of a real browser for pages that attack a service without keys on the user's machine. */

/** The name resolves to loopback, as after DNS rebinding. */
const REBOUND = ['--host-resolver-rules=MAP attacker.example 127.0.0.1'];

async function servePage(t: TestContext): Promise<number> {
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<p>page'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test("[K-07] in a browser, only the service's own pages reach a service without keys", { skip }, async (t) => {
  const { url, sessions, stop } = await startTestServer();
  t.after(stop);
  const { session } = await sessions.open({ user_id: 'victim' });
  const { port } = new URL(url);
  const page = await (await startChromium(t, REBOUND)).newPage();

  const rebound = await page.goto(`http://attacker.example:${port}/v2/sessions`);
  assert.equal(rebound?.status(), 403);

  for (const name of ['attacker.example', 'localhost', '127.0.0.1']) {
    await page.goto(`http://${name}:${await servePage(t)}/`);
    await page.evaluate(
      async (targets) => {
        for (const target of targets) await fetch(target, { method: 'POST', mode: 'no-cors' }).catch(() => {});
      },
      ['close', 'touch'].map((end) => `http://127.0.0.1:${port}/v2/sessions/${session.id}/${end}`),
    );
    assert.deepEqual(await sessions.get(session.id), session, `a page of ${name} changed the session`);
  }

  const docs = await page.goto(`http://localhost:${port}/docs`);
  assert.equal(docs?.status(), 200);
  const own = await page.evaluate(
    async (id) => (await fetch(`/v2/sessions/${id}/close`, { method: 'POST' })).status,
    session.id,
  );
  assert.equal(own, 200);
});
