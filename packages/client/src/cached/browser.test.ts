import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { skip, startChromium } from '../../../../testing/browser/chromium.ts';
import { startTestServer } from '../../../../testing/http/test-server.ts';

/** An origin with a page and with the client as one file. */
async function startPage(t: TestContext): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('../index.ts', import.meta.url)),
    platform: 'browser',
    resolve: { conditionNames: ['source'] },
  });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  const files: Readonly<Record<string, readonly [string, string]>> = {
    '/': ['text/html', '<!doctype html><title>page</title>'],
    '/client.js': ['text/javascript', output[0].code],
  };
  const server = createServer((request, response) => {
    const [type, text] = files[request.url ?? ''] ?? [null, ''];
    response.writeHead(type ? 200 : 404, { 'content-type': type ?? 'text/plain' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a page in a browser reads sessions from memory, and sees their end', { skip }, async (t) => {
  const origin = await startPage(t);
  const { url, sessions, clock, stop } = await startTestServer({ cors_origins: [origin] });
  t.after(stop);
  const { session, token } = await sessions.openWithToken({ user_id: 'u' }, null);
  // The touch of a session in use makes it cacheable.
  clock.advance(1);
  const browser = await startChromium(t);
  const page = await browser.newPage();
  await page.goto(origin);
  await page.evaluate(
    `(async () => {
      const { createCachedSessionsClient } = await import('/client.js');
      const client = createCachedSessionsClient({ url: ${JSON.stringify(url)} });
      const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
      while (client.cacheStats().hits === 0) {
        await turn();
        if ((await client.read('${token}'))?.user_id !== 'u') throw new Error('a live session was refused');
      }
      window.ended = (async () => {
        while ((await client.read('${token}')) !== null) await turn();
        client.stop();
        return 'ended';
      })();
    })()`,
  );
  await sessions.close(session.id);
  assert.equal(await page.evaluate('window.ended'), 'ended');
});
