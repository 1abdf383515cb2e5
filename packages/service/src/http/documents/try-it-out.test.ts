import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { skip, startChromium } from '../../../../../testing/browser/chromium.ts';
import { startTestServer } from '../../../../../testing/http/test-server.ts';

/** Starts a proxy that serves a service under a prefix. Returns the URL of the prefix. */
async function startProxy(t: TestContext, target: string): Promise<string> {
  const proxy = createServer((incoming, outgoing) => {
    const { method, headers, url = '' } = incoming;
    const forwarded = send(target + url.replace('/prefix', ''), { method, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/prefix`;
}

/** Executes the example of an operation with "Try it out". Returns the status of the response. */
async function tryOut(page: Page, operation: string): Promise<string | undefined> {
  const block = page.locator(`.opblock[id$="-${operation}"]`);
  await block.locator('.opblock-summary-control').dispatchEvent('click');
  await block.locator('.try-out__btn').dispatchEvent('click');
  await block.locator('.execute').dispatchEvent('click');
  return (await block.locator('.live-responses-table .response .response-col_status').textContent())?.trim();
}

async function openPage(t: TestContext, url: string): Promise<Page> {
  const page = await (await startChromium(t)).newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  t.after(() => assert.deepEqual(errors, []));
  await page.goto(url);
  await page.locator('.opblock').first().waitFor();
  return page;
}

const EXECUTED = {
  docs: { openSession: '201', getSession: '200', rotateToken: '200' },
  swagger: { open_session: '200', store_session_data: '200' },
};

for (const [path, operations] of Object.entries(EXECUTED)) {
  test(`in /${path}, the examples succeed with "Try it out"`, { skip }, async (t) => {
    const { url, stop } = await startTestServer();
    t.after(stop);
    const page = await openPage(t, `${url}/${path}`);
    for (const [operation, status] of Object.entries(operations)) {
      assert.equal(await tryOut(page, operation), status, operation);
    }
    const text = (await page.textContent('main')) ?? '';
    assert.match(text, /"user-1"/);
    assert.doesNotMatch(text, /"string"|additionalProp/, 'no generated values');
  });
}

test("behind a proxy's prefix, /docs/ and its requests work, in light and dark", {
  skip,
}, async (t) => {
  const { url, sessions, stop } = await startTestServer();
  t.after(stop);
  const page = await openPage(t, `${await startProxy(t, url)}/docs/`);
  assert.equal(await tryOut(page, 'openSession'), '201');
  assert.equal(await sessions.count({}), 1);
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.locator(colorScheme === 'dark' ? 'html.dark-mode' : 'html:not(.dark-mode)').waitFor();
  }
});

test('in /docs, the change stream is a command and has no "Try it out"', { skip }, async (t) => {
  const server = await startTestServer();
  t.after(server.stop);
  const page = await openPage(t, `${server.url}/docs`);
  const stream = page.locator('.opblock[id$="-followChanges"]');
  await stream.locator('.opblock-summary-control').dispatchEvent('click');
  await stream.locator('.responses-table').waitFor();
  assert.equal(await stream.locator('.try-out__btn').count(), 0);
  assert.match((await stream.textContent()) ?? '', /curl -N \S+\/v2\/changes/);
});
