import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { skip } from '../browser/chromium.ts';
import { RedisServer } from '../servers/redis-server.ts';
import { missingRedis } from '../stores/missing.ts';
import { openConsole, startConsoleService, violations } from './console-page.ts';

/** A proxy that gives each request to the next node. Returns its URL. */
async function startBalancer(t: TestContext, nodes: readonly { readonly url: string }[]): Promise<string> {
  let next = 0;
  const server = createServer((incoming, outgoing) => {
    const node = nodes[next++ % nodes.length];
    const { method, headers, url = '' } = incoming;
    const forwarded = request(`${node?.url}${url}`, { method, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('health lists the nodes behind a balancer, with the figures of the chosen one', {
  skip: skip || (missingRedis() ?? false),
}, async (t) => {
  const redis = await RedisServer.start();
  const nodes = [
    await startConsoleService(t, { store: redis.url }),
    await startConsoleService(t, { store: redis.url }),
  ];
  t.after(() => redis.remove());
  const page = await openConsole(t, { url: await startBalancer(t, nodes) }, '/health');
  const names = page.getByRole('button', { name: /process \d+/ });
  await names.nth(1).waitFor();
  assert.equal(await names.count(), 2);
  assert.deepEqual(await violations(page), []);
  await names.nth(1).click();
  await page.waitForURL(/health\?node=[\w-]+$/);
  assert.equal(await names.nth(1).getAttribute('aria-pressed'), 'true');
  await page.getByText(/These are the figures of .+, process \d+\./).waitFor();
});
